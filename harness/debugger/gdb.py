# SPDX-License-Identifier: BSD-2-Clause
"""One gdb that follows a command file, and what it says."""

import os
import re
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.catalogue.image import Image
from harness.system import process
from harness.system.faults import about
from harness.system.errors import WrongQuestion
from harness.system.printable import printable, shortened
from harness.system.intake import Intake, Pace, note_cut
from harness.system.whole import write_whole

# How gdb says that the target is gone, when a command of its file fails for that. QEMU announces its exit status
# only where it leaves in good order; isa-debug-exit before QEMU 9 does not, and its last packet may be lost with the
# connection.
GONE = ("exited", "Remote connection closed", "Target disconnected", "not being run", "Connection reset")

# What a command that looks at the target then fails with, as others may elsewhere. Where gdb says one of GONE too, that
# is why, whichever of the two is heard first: errors have a stream of their own.
LOST = ("No registers", "Cannot access memory")

# What a stop is for, in gdb's words: "Thread 1 hit Temporary breakpoint 2, ...", "... received signal SIGTRAP".
CAUSE = re.compile(
    r"(?:^|hit )(?:Temporary |Hardware |hw |read |access \(read/write\) |acc )*([Bb]reakpoint|watchpoint) (\d+)[,:]"
    r"|received signal (SIG\w+)"
)

THE_END = "the end"  # what a stop after the case is for

# What "maintenance packet" says.
PACKET = re.compile(r"(sending|received): (.*)")

# A packet that sets what QEMU holds back in steps: its docs/system/gdb.rst.
STEP_BITS = "qqemu.sstepbits"
SETS_STEPS = re.compile(r"Qqemu\.sstep=0x([0-9a-f]+)")

# The first line of what gdb says when a command fails; the cause comes next.
FAILED = "Error in sourced command file:"

# Users' own settings are kept out; gdb ends where its command file does.
GDB_OPTIONS = ("-nx", "-q", "-batch")

LONGEST_WORDS = 500  # characters of a line that stands in a verdict's reason
# How many of gdb's last lines are looked at when it ends. It has one to say for each breakpoint of mode step.
LAST_LINES = 40

BAR = "| "  # before what is meant for the harness: harness/debugger/commands/common.gdb


@dataclass
class Debugging:
    """How gdb takes part: the program, the text of its command file, and the image that gives places names.

    The commands cannot do without what they need of the gdbstub (harness/debugger/gdbstub.py).
    """

    gdb: str
    commands: str
    image: Image
    needs: tuple[str, ...] = ()


@dataclass
class Event:
    """What gdb reported.

    `connected`: it has met the gdbstub. `stub`: that has answered a packet, both in `text`, with a blank
    between. `asked`: all such packets are answered. `case`: it has come to `case`; `astray`: it has not, with
    the script of `case`. `line`: a line of the debugger's log, for `case`. `step`: it stepped to the place
    `text`. `left`: it has detached. `exit`: the target is gone, `text` holds gdb's words. `died`: gdb has ended
    otherwise, with the words `text`, by a signal where `killed`.
    """

    kind: str
    text: str
    case: str = ""
    killed: bool = False


def find_gdb() -> str | None:
    """The path of GDB=..., or of the one on the PATH; None if there is none."""
    asked = os.environ.get("GDB", "")
    found = process.find_program(asked or "gdb")
    if found is None and asked:
        raise WrongQuestion(f"GDB={asked}: there is no such program")
    return found


def announced_status(text: str) -> int | None:
    """The exit status in gdb's "exited normally" or "exited with code 0125" (octal); None without one."""
    if "exited normally" in text:
        return 0
    found = re.search(r"exited with code ([0-7]+)", text)
    return int(found.group(1), 8) if found else None


class Gdb(threading.Thread):
    """One gdb for one VM, which follows a command file; `post` receives the events, on this thread.

    All that gdb says goes to `transcript`.
    """

    def __init__(
        self,
        debugging: Debugging,
        address: str,
        directory: Path,
        folder: Path,
        post: Callable[[Event], None],
    ) -> None:
        """`address` is the gdbstub's, seen from `directory`; `folder` takes the command file and gdb.log."""
        super().__init__(daemon=True)
        commands = folder / "debugger.gdb"
        write_whole(commands, debugging.commands, encoding="utf-8", newline="\n")
        self._image = debugging.image
        self._post = post
        self._case = ""
        self._body = 0
        self._script = ""
        self._cause = ""
        self._over = False
        self._breakpoints = 0
        self._packet = ""
        self._asking = False
        self._tail: list[str] = []
        self._log = (folder / "gdb.log").open("wb", buffering=0)
        self._child = process.start(
            [debugging.gdb, *GDB_OPTIONS, "-ex", f'set $connection = "{address}"', "-x", str(commands)],
            cwd=directory,
            env=os.environ | {"TERM": "dumb", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def close(self) -> None:
        """Ends gdb, whatever it is doing, and the thread."""
        process.stop(self._child)
        self.join()
        self._child.stdout.close()
        self._log.close()

    def run(self) -> None:
        intake = Intake()
        pace = Pace()
        for data in process.output(self._child):
            kept, lines = intake.take(data)
            with about(self._log.name):
                self._log.write(kept)
                if intake.cut:
                    self._log.write(note_cut(intake.cut))
            for line in lines:
                self._hear(line, whole=True)
            if intake.cut:
                self._post(Event("died", f"gdb has said {intake.cut}: see gdb.log"))
                return
            pace.rest()
        for line in intake.last():
            self._hear(line, whole=False)
        error = cause_of_failure(self._tail)
        # A gdb whose command failed for something else, or that ends by itself, may see the target go while it leaves.
        until_failure = self._tail[: len(self._tail) - len(error) + 1]
        heard = self._tail if error and any(words in error[0] for words in LOST) else until_failure
        gone = bool(error) and any(words in line for line in heard for words in GONE)
        self._post(Event("exit", " ".join(self._tail)) if gone else self._death(error))

    def _hear(self, said: bytes, whole: bool) -> None:
        """Takes a line, which is not `whole` where gdb was ended within it."""
        line = printable(said.decode("utf-8", "replace").rstrip("\r"))
        try:
            self._understand(line)
        except ValueError:
            if whole:
                self._post(Event("line", line[:LONGEST_WORDS], self._case))
            else:
                self._remember(line)

    def _understand(self, line: str) -> None:
        """Takes a line; raises ValueError where it has a number that is none."""
        if line.startswith(BAR) and not line.endswith(FAILED):
            self._take(line.removeprefix(BAR))
        elif found := PACKET.match(line):
            self._packet = shortened(found.group(2)) if found.group(1) == "sending" else self._packet
            if found.group(1) == "received":
                self._take_answer(self._packet, shortened(found.group(2)[1:-1]))
        elif line:
            self._remember(line)
            if found := CAUSE.search(line):
                self._cause = self._cause_of(*found.groups())

    def _take_answer(self, packet: str, answer: str) -> None:
        """Takes what the gdbstub said to a packet; a case's own commands tell it how to step and ask what it offers."""
        if found := SETS_STEPS.fullmatch(packet):
            self._post(Event("line", f"sstep={found.group(1)} {answer}", self._case))
        elif packet == STEP_BITS and not self._asking:
            self._post(Event("line", f"sstepbits {answer}", self._case))
        else:
            self._post(Event("stub", f"{packet} {answer}"))

    def _death(self, error: Sequence[str]) -> Event:
        """Why gdb ended: the error that stopped its command file, or a signal, or what it said last."""
        if error:
            return Event("died", f"gdb: {' '.join(error)}")
        status = self._child.wait()
        killed = bool(process.signal_name(status))
        how = process.describe_exit(status) if killed else "ended"
        return Event("died", f"gdb {how}: {' '.join(self._tail[-2:]) or 'without a word'}", killed=killed)

    def _remember(self, line: str) -> None:
        """Keeps what may be gdb's last words."""
        self._tail = [*self._tail, line[:LONGEST_WORDS]][-LAST_LINES:]

    def _take(self, line: str) -> None:
        """Takes a line that is meant for the harness."""
        word, _, rest = line.partition(" ")
        if word == "script":
            self._script = shortened(rest)
        elif word == "case":
            case, _, body = rest.rpartition(" ")
            self._case = shortened(case)
            self._body = int(body, 16)
            self._post(Event("case" if self._script in ("", self._case) else "astray", "", self._script or self._case))
            self._script = ""
            self._over = False
        elif word == "at":
            self._post(Event("step", self._place(rest), self._case))
        elif word == "stop":
            self._post(Event("line", f"stop {self._place(rest)}", self._case))
        elif word == "breakpoints":
            self._breakpoints = int(rest)
        elif word == "told":
            thread, _, where = rest.partition(" ")
            cause, self._cause = self._cause, ""
            if self._over:  # the next case's, or the end's, whichever comes: a script that has missed a stop goes on
                return
            self._over = cause == THE_END
            words = f"stop cpu={thread} rip={self._place_or_handler(where)}{f' for {cause}' if cause else ''}"
            self._post(Event("line", words, self._case))
        elif word in ("connected", "asked", "left"):
            self._asking = word == "connected"
            self._post(Event(word, ""))
        else:
            self._post(Event("line", shortened(line), self._case))

    def _cause_of(self, kind: str | None, number: str | None, signal: str | None) -> str:
        """What a stop is for: breakpoints are counted from the script's first, 0 is the one after the case."""
        if signal:
            return signal
        own = int(number) - self._breakpoints
        return f"{kind.lower()} {own}" if own else THE_END

    def _place(self, text: str) -> str:
        """MARK+OFFSET for the code segment and instruction pointer that gdb printed."""
        segment, address = (int(word, 16) for word in text.split())
        return self._image.place(segment, address, self._body) or "elsewhere"

    def _place_or_handler(self, text: str) -> str:
        """The same, or trap_N where the handler of vector N begins."""
        _, address = (int(word, 16) for word in text.split())
        return self._image.handler(address) or self._place(text)


def cause_of_failure(lines: Sequence[str]) -> Sequence[str]:
    """What gdb said of the error that stopped its command file, and after it; empty if none did."""
    for index, line in enumerate(lines):
        if line.endswith(FAILED):
            return lines[index + 1 :]
    return []
