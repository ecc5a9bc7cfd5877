# SPDX-License-Identifier: BSD-2-Clause
"""Bochs: how it is found, one process of it, and one boot of the guest in it, watched through the files that it writes.

Bochs has no control channel: the serial line goes to a file, and its own log tells of resets and of its
end. Where a message was a panic, Bochs leaves, and repeats it on standard error; its exit status says
little.
"""

import os
import re
import select
import shutil
import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.judging.result import Verdict
from harness.system import process
from harness.system.errors import Cancelled, WrongQuestion
from harness.system.limits import FIRMWARE, LONGEST_LOG, SILENCE, Deadlines
from harness.vm.outcome import Outcome

MEMORY_MIB = 64

# Emulated instructions that make an emulated second. Firmware and GRUB wait by the clock, so that a low
# number makes a quick boot.
IPS = 4_000_000

# In its log: at power-on and at each reset after it; and before the reset, if it is for a third fault.
RESET = "bx_pc_system_c::Reset("
TRIPLE_FAULT = re.compile(r"3rd \(\d+\) exception with no resolution")
# The guest has written "Shutdown" to port 8900h (guest/leave.c).
SHUTDOWN = "Shutdown port: shutdown requested"
ERROR = re.compile(r"\d+[ep]\[")

POLL = 0.01  # seconds
PROBE_DEADLINE = 20.0
KEPT_ERRORS = 200  # the last of them, for a guest can make very many


# Has all that the guest asks about, and VMX. A Bochs built without AVX does not list it; its last model is its newest.
CPU = "corei7_haswell_4770"

# Displays to try: none at all, and the one that Debian packages.
DISPLAYS = ("nogui", "term")


class BochsError(Exception):
    """There is no Bochs that works; the text says why."""


@dataclass(frozen=True)
class Configuration:
    """What is the same for all boots. `debugger`, `sound`: what was built into the program.

    `any_msr`: MSRs that Bochs does not know are read as 0, which is its default, and not refused.
    """

    program: str
    version: str
    debugger: bool
    sound: bool
    display: str
    model: str
    cpus: int
    memory_mib: int = MEMORY_MIB
    ips: int = IPS
    any_msr: bool = False

    def command(self, *start: str) -> list[str]:
        """To be run on a terminal, in a folder that write() has been given; or with other options to start by."""
        return [self.program, "-q", *(["-rc", "rc"] if self.debugger else []), *(start or ("-f", "bochsrc"))]

    def write(self, folder: Path, iso: str | None, more: list[str] = ()) -> None:
        """Writes Bochs' configuration, with or without a CD, and with lines of one's own."""
        lines = [
            f"display_library: {self.display}",
            f"megs: {self.memory_mib}",
            f"cpu: model={self.model}, count={self.cpus}, ips={self.ips}, reset_on_triple_fault=0, "
            f"ignore_bad_msrs={int(self.any_msr)}",
            *([f"ata0-master: type=cdrom, path={iso}, status=inserted", "boot: cdrom"] if iso else []),
            "com1: enabled=1, mode=file, dev=serial.log",
            *(["sound: driver=dummy"] if self.sound else []),
            "log: bochs.log",
            "panic: action=fatal",
            *more,
        ]
        (folder / "bochsrc").write_text("\n".join([*lines, ""]), encoding="ascii")
        self.write_commands(folder)

    def write_commands(self, folder: Path) -> None:
        """Writes what the debugger does. It waits for commands before the first instruction, and at a reset."""
        if self.debugger:
            (folder / "rc").write_text("c\nq\n", encoding="ascii")


class GrowingFile:
    """A new file that another process writes, and its lines as they become complete."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b")
        self._rest = b""
        self.size = 0  # bytes read

    def lines(self, last: bool = False) -> list[str]:
        """The lines that are new since the last call; with `last`, what has no line end too."""
        data = self._file.read(LONGEST_LOG)
        self.size += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if last and self._rest:
            lines.append(self._rest)
        return [line.decode("utf-8", "replace") for line in lines]

    def close(self) -> None:
        self._file.close()


class Bochs:
    """A Bochs that runs in a folder, on terminals of its own that nobody looks at; a context manager."""

    def __init__(self, configuration: Configuration, folder: Path) -> None:
        self._configuration = configuration
        self._folder = folder
        self.log = GrowingFile(folder / "bochs.log")

    def __enter__(self) -> "Bochs":
        return self.start(self._configuration.command())

    def start(self, command: list[str]) -> "Bochs":
        """Starts it by this command."""
        terminal, slave = os.openpty()
        os.set_blocking(terminal, False)
        self._terminals = [terminal]
        self._screen = False
        try:
            with (self._folder / "stderr.log").open("wb") as errors:
                self.child = process.start(
                    command,
                    cwd=self._folder,
                    stdin=slave,
                    stdout=slave,
                    stderr=errors,
                    env=os.environ | {"TERM": "linux", "LINES": "30", "COLUMNS": "100"},
                )
        except BaseException:
            os.close(terminal)
            raise
        finally:
            os.close(slave)
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        process.stop(self.child)
        for terminal in self._terminals:
            os.close(terminal)
        self.log.close()

    def wait(self, seconds: float) -> bool:
        """Waits, keeping the terminals empty so that Bochs can go on; whether Bochs has ended."""
        select.select(self._terminals, [], [], seconds)
        self.empty_terminals()
        return self.child.poll() is not None

    def empty_terminals(self) -> None:
        """Reads what Bochs shows."""
        self._open_screen()
        for terminal in list(self._terminals):
            try:
                os.read(terminal, 65536)
            except BlockingIOError:
                pass
            except OSError:  # Linux' way to say that the other side is closed: what had it is ending
                try:
                    self.child.wait(POLL)
                except subprocess.TimeoutExpired:
                    pass

    def _open_screen(self) -> None:
        """Opens the terminal that Bochs makes for its screen where the first one is its debugger's."""
        if self._screen or not (found := re.search(r'connected to screen "(.*)"', self.stderr)):
            return
        import tty  # not there on Windows

        self._screen = True
        try:
            screen = os.open(found.group(1), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            return  # it has ended already
        # Without echo, for that would be the keyboard.
        tty.setraw(screen)
        self._terminals.append(screen)

    @property
    def stderr(self) -> str:
        return (self._folder / "stderr.log").read_text(encoding="utf-8", errors="replace")

    @property
    def last_words(self) -> str:
        """The message that it has ended with; or how it has ended."""
        found = re.search(r"exiting with the following message:\s*(?:\[.*?\]\s*)?(.*)", self.stderr)
        return found.group(1).strip() if found else f"Bochs {process.describe_exit(self.child.returncode)}"


def find(asked: str, model: str, cpus: int, multiplier: float) -> Configuration:
    """BOCHS=`asked`, asked who it is and started once, without a CD. Raises BochsError.

    An empty `asked` is the one on the PATH, an empty `model` the best that it has.
    """
    program = shutil.which(asked or "bochs")
    if program is None and asked:
        raise WrongQuestion(f"BOCHS={asked}: there is no such program")
    if program is None:
        raise BochsError("bochs is not on the PATH: run 'make deps-bochs', or say BOCHS=path")
    if not process.POSIX:
        raise BochsError("it wants a terminal of a kind that this system does not have")
    program = os.path.abspath(program)

    def ask(*topic: str) -> str:
        return process.run([program, "--help", *topic], PROBE_DEADLINE * multiplier)[1]

    text = ask("cpu")
    version = re.search(r"Bochs x86 Emulator (\d\S*)", text)
    if version is None:
        raise WrongQuestion(f"BOCHS={asked or program}: it does not say that it is Bochs")
    models = re.findall(r"^\w+$", text.partition("Supported CPU models")[2], re.MULTILINE)
    model = model or (CPU if CPU in models else models[-1])
    if model not in models:
        raise BochsError(f"CPU={model}: Bochs has no such model: choose from {', '.join(models)}")
    debugger = "-rc " in ask()
    sound = "sb16" in ask("features").split()
    for display in DISPLAYS:
        configuration = Configuration(program, version.group(1), debugger, sound, display, model, cpus)
        failure = _try_out(configuration, PROBE_DEADLINE * multiplier)
        if "display library" not in failure:
            break
    if failure:
        raise BochsError(f"{failure} (if a part of it is missing, run 'make deps-bochs')")
    return configuration


def _try_out(configuration: Configuration, deadline: float) -> str:
    """Starts Bochs and ends it when it is about to run; returns why that fails, or ""."""
    with process.PrivateDirectory() as private:
        configuration.write(private.path, None)
        until = time.monotonic() + deadline
        with Bochs(configuration, private.path) as bochs:
            while time.monotonic() < until:
                ended = bochs.wait(POLL)
                if any(RESET in line for line in bochs.log.lines()):
                    return ""
                if ended:
                    return bochs.last_words
    return f"Bochs did not come up within {deadline:g} s"


class Boot:
    """One boot, from power-on to its end."""

    def __init__(
        self, configuration: Configuration, folder: Path, deadlines: Deadlines, on_case: Callable[[str], None]
    ) -> None:
        """`folder` holds the configuration and takes the logs."""
        self._configuration = configuration
        self._folder = folder
        self._deadlines = deadlines
        self._on_case = on_case
        self._outcome = Outcome()
        self._resets = 0
        self._errors: deque[str] = deque(maxlen=KEPT_ERRORS)
        self._serial = GrowingFile(folder / "serial.log")

    def run(self) -> Outcome:
        """Boots, watches, cleans up. Raises Cancelled when the whole command is being stopped."""
        try:
            with Bochs(self._configuration, self._folder) as bochs:
                self._watch(bochs)
        finally:
            self._serial.close()
        if process.stopping():
            raise Cancelled
        self._outcome.output = "\n".join([bochs.stderr, *self._errors])
        return self._outcome

    def _watch(self, bochs: Bochs) -> None:
        heard = time.monotonic()
        while self._outcome.ending is None:
            ended = bochs.wait(POLL)
            if self._read(bochs, last=ended):
                heard = time.monotonic()
            if ended:
                self._end_by_exit(bochs)
                return
            limit = self._deadlines(SILENCE if self._outcome.log.plan else FIRMWARE)
            if time.monotonic() - heard > limit:
                self._outcome.end(Verdict.HANG, f"no line for {limit:g} s")

    def _read(self, bochs: Bochs, last: bool) -> bool:
        """Takes what is new in both logs; whether the guest has said anything.

        Bochs' log is read first: what the guest wrote before a message in it is there by then.
        """
        messages = bochs.log.lines(last)
        lines = self._serial.lines(last)
        for line in lines:
            if case := self._outcome.take(line):
                self._on_case(case)
        for line in messages:
            self._on_log(line)
        if max(self._serial.size, bochs.log.size) > LONGEST_LOG:
            self._outcome.end(Verdict.HANG, f"more than {LONGEST_LOG >> 20} MiB of log")
        return bool(lines)

    def _on_log(self, line: str) -> None:
        if ERROR.match(line):
            self._errors.append(line)
        if TRIPLE_FAULT.search(line):
            self._outcome.end(Verdict.RESET, "the guest was reset (triple fault)")
        elif RESET in line:
            self._resets += 1
            if self._resets > 1:
                self._outcome.end(Verdict.RESET, "the guest was reset")

    def _end_by_exit(self, bochs: Bochs) -> None:
        log, words = self._outcome.log, bochs.last_words
        if died_by := process.signal_name(bochs.child.returncode):
            self._outcome.end(Verdict.CRASH, f"Bochs died of {died_by}")
        elif SHUTDOWN in words:
            if not log.whole:
                self._outcome.end(Verdict.CUT, "the guest left, but its log is not whole")
        elif log.plan is None:
            self._outcome.end(Verdict.UNUSABLE, words)
        else:
            self._outcome.end(Verdict.BACKEND, words)
