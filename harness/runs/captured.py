# SPDX-License-Identifier: BSD-2-Clause
"""Logs that were captured elsewhere: from files, standard input and serial devices, with what terminals add to them."""

import os
import re
import select
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.catalogue.log import LAST, VERSION, Log
from harness.catalogue.stamp import Stamp
from harness.runs.repair import repaired
from harness.system import files, limits, process
from harness.system.errors import WrongQuestion
from harness.system.printable import printable
from harness.system.intake import said

# ECMA-48's control sequences, its strings (operating system commands and others), its short escapes; NUL, XON, XOFF.
TERMINAL = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\^-~]|[\x00\x11\x13]"
)
LINE_END = re.compile(rb"\r*\n\r*|\r+")
# What is longer is no line of the guest's.
LONGEST_LINE = 4096
MOST_RUNS = 100
OTHER_VERSION = re.compile(rf"trapline (?!{VERSION} )(\d{{1,9}}) mode=")
BYE = re.compile(rf"(?:^|\n)[^\n]*\b{LAST.pattern}[^\n]*\n".encode())


def read(source: str, keep: Path, heard: Callable[[str], None]) -> bytes:
    """All of a file or standard input; of a serial device what comes until the guest says bye, or Ctrl-C.

    What a serial device has said is kept in a file below `keep`, whatever it is; `heard` is told of each line.
    Raises WrongQuestion where it cannot be read.
    """
    try:
        if process.POSIX and source != files.STANDARD_INPUT and stat.S_ISCHR(os.stat(source).st_mode):
            # A line whose other end is not there yet is opened all the same.
            with open(source, "rb", buffering=0, opener=_without_waiting) as file:
                if os.isatty(file.fileno()):
                    os.set_blocking(file.fileno(), True)
                    return _listen(file.fileno(), keep, heard)
    except OSError as error:
        raise WrongQuestion(f"{printable(source)}: {error.strerror}") from None
    data = files.read_log(source)
    if len(data) > limits.BOUND.size:
        words = f"has more than {limits.amount(limits.BOUND.size)}: what follows is not read"
        print(f"trapline: {printable(source)}: {words}", file=sys.stderr)
    return data[: limits.BOUND.size]


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


@dataclass(frozen=True)
class Circumstances:
    """What is known of a log beside what it says itself.

    Facts, as Platform has them, the debugger mode, and what the hypervisor said.
    """

    facts: dict[str, str] = field(default_factory=dict)
    debugger: str = ""
    output: str = ""


def circumstances(source: str) -> Circumstances:
    """What a run's folder says where the log still lies in it, here or sent from elsewhere (docs/runs.md)."""
    folder = Path(source).parent
    try:
        facts = files.read_json(folder / "platform.json")["facts"]
        verdicts = files.read_json(folder / "verdict.json")
        facts = {str(key): str(value) for key, value in facts.items()}
        return Circumstances(facts, str(verdicts[0]["debugger"]), _said(folder / "stderr.log"))
    except (WrongQuestion, LookupError, TypeError, AttributeError):
        return Circumstances()


def _said(path: Path) -> str:
    """What a hypervisor said, if that was kept."""
    return said(path) if os.path.isfile(path) else ""


def _listen(device: int, keep: Path, heard: Callable[[str], None]) -> bytes:
    """Whatever a terminal device says, at the guest's 115200 baud, 8N1; see read()."""
    import termios  # where there are such devices

    attributes = termios.tcgetattr(device)
    attributes[0] = attributes[1] = attributes[3] = 0
    attributes[2] = termios.CS8 | termios.CREAD | termios.CLOCAL
    attributes[4] = attributes[5] = termios.B115200
    attributes[6][termios.VMIN], attributes[6][termios.VTIME] = 1, 0
    termios.tcsetattr(device, termios.TCSANOW, attributes)
    keep.mkdir(parents=True, exist_ok=True)
    path = keep / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    data, told = b"", 0
    words = "listening at 115200 baud until the guest has ended; Ctrl-C ends it before"
    print(f"trapline: {printable(os.ttyname(device))}: {words}", file=sys.stderr)
    with path.open("wb") as copy:
        try:
            while len(data) < limits.BOUND.size and not BYE.search(data, max(0, told - 200)):
                told = data.rfind(b"\n") + 1
                select.select([device], [], [])
                if not (more := os.read(device, 65536)):
                    break
                copy.write(more)
                copy.flush()
                data += more
                for line in data[told:].split(b"\n")[:-1]:
                    heard(text_of(line).strip())
        except KeyboardInterrupt:
            pass  # the machine has gone silent, and who waits for it has seen enough
        except OSError:
            pass  # the line is gone: what has come is what there is
    print(f"trapline: kept as {path}", file=sys.stderr)
    return data


def text_of(data: bytes) -> str:
    """Without what terminals add; whatever else is not to be seen is an escape sequence of Python's."""
    data = LINE_END.sub(b"\n", TERMINAL.sub(b"", data))
    return "\n".join(map(printable, data.decode("ascii", "backslashreplace").split("\n")))


def runs_in(text: str, source: str) -> list[Log]:
    """The runs of the guest in a log from `source`, as people read it. Raises WrongQuestion where there are none."""
    if runs := find_runs(text):
        return runs
    if other := OTHER_VERSION.search(text):
        words = f"is written in version {other[1]} of its grammar, and this Trapline reads version {VERSION}"
        raise WrongQuestion(f"{source}: the log of this guest {words}")
    what = "is broken" if f"trapline {VERSION} mode=" in text else "is not there"
    raise WrongQuestion(f"{source}: holds no log of this guest: the line 'trapline {VERSION} ...' {what}")


def find_runs(text: str) -> list[Log]:
    """Each run of the guest in a log, repaired, up to where the next one begins; the first MOST_RUNS."""
    runs: list[tuple[list[str], list[int]]] = []
    stamp = Stamp()
    for line in text.split("\n"):
        width = len(line)
        line, begins = stamp.off(line)
        if begins:
            if len(runs) == MOST_RUNS:
                break
            runs.append(([], []))
        if runs and len(runs[-1][0]) < limits.LOG.lines:  # what follows is somebody else's
            runs[-1][0].append(line[:LONGEST_LINE])
            runs[-1][1].append(width)
    return [_read(*run) for run in runs]


def _read(lines: list[str], widths: list[int]) -> Log:
    repair = repaired(lines, widths)
    log = Log(kept=True)
    log.repairs, log.doubts = repair.done, repair.doubtful
    for line in repair.lines:
        log.feed(line)
    return log
