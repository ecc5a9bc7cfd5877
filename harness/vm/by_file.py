# SPDX-License-Identifier: BSD-2-Clause
"""One boot in a hypervisor without a control channel: the guest's log goes to a file, and the process ends with it."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from harness.judging.result import Verdict
from harness.system import limits, orphans, process
from harness.system.errors import Cancelled
from harness.system.limits import FIRMWARE, SILENCE, Bound, Deadlines
from harness.system.printable import printable
from harness.system.intake import PIECE, Intake, cut_file, excess
from harness.vm.outcome import Outcome
from harness.vm.whereabouts import NOWHERE

PAUSE = 0.02  # seconds between two looks at what one leaves behind


class GrowingFile:
    """A new file that another process writes, and its lines as they become complete, up to a bound."""

    def __init__(self, path: Path, bound: Bound | None = None) -> None:
        self._file = path.open("w+b")
        self._intake = Intake(bound)

    def lines(self, last: bool = False) -> list[bytes]:
        """The lines that are new since the last call; with `last`, what has no line end too."""
        lines: list[bytes] = []
        while not self.cut and (data := self._file.read(PIECE)):
            lines += self._intake.take(data)[1]
        return [*lines, *(self._intake.last() if last else [])]

    @property
    def cut(self) -> str:
        """Why no more is read, once there is too much; else ""."""
        return self._intake.cut

    def close(self) -> None:
        self._file.close()


class BootByFile(ABC):
    """One boot, from power-on to its end, watched through folder/serial.log."""

    unread = ("stderr.log",)  # the files in the folder that it writes and that are looked at when it has ended

    def __init__(self, folder: Path, deadlines: Deadlines, on_case: Callable[[str], None]) -> None:
        self.folder = folder
        self.outcome = Outcome()
        self._deadlines = deadlines
        self._on_case = on_case
        self._serial = GrowingFile(folder / "serial.log", limits.LOG)

    def run(self) -> Outcome:
        """Boots, watches, cleans up. Raises Cancelled when the whole command is being stopped."""
        try:
            self.start()
            try:
                self._watch()
            finally:
                self.stop()
            if self.outcome.ending is Verdict.HANG:
                self._take_lines(last=True)  # it may have gone on until it was ended
        finally:
            self._serial.close()
        for path in self.folder.glob("*.log"):
            cut_file(path)
        if process.stopping():
            raise Cancelled
        self.outcome.take_output(self.said())
        return self.outcome

    @property
    @abstractmethod
    def child(self) -> process.Child:
        """The process, once it has been started."""

    @abstractmethod
    def start(self) -> None:
        """Starts the hypervisor."""

    @abstractmethod
    def stop(self) -> None:
        """Ends it, once it has been started."""

    @abstractmethod
    def wait(self) -> bool:
        """Waits a moment; whether it has ended."""

    @abstractmethod
    def said(self) -> str:
        """What it has said, when it has ended."""

    @abstractmethod
    def end_by_exit(self) -> None:
        """Ends the outcome, in view of how the process did."""

    def bare(self, line: bytes) -> bytes:
        """A line of the guest's log, without what others have put before it."""
        return line

    def more_lines(self, last: bool) -> tuple[list[bytes], str]:
        """What is new in a log of its own, and why no more of that is read, if it is too much."""
        return [], ""

    def on_line(self, line: str) -> None:
        """Takes a line of that log, as it is fit to be shown."""

    def gets_nowhere(self, silence: float) -> bool:
        """Whether it is certain that a guest which has been silent for so many seconds gets nowhere."""
        return False

    def _watch(self) -> None:
        heard = time.monotonic()
        while self.outcome.ending is None:
            ended = self.wait()
            if ended:
                self._hear_last_words()
            if self._read(last=ended):
                heard = time.monotonic()
            if ended:
                self.end_by_exit()
                return
            self._end_by_silence(time.monotonic() - heard)

    def _end_by_silence(self, silence: float) -> None:
        """Ends a guest that has been silent for too many seconds, or gets nowhere, as far as that can be seen."""
        runs = self.outcome.log.plan is not None
        limit = self._deadlines(SILENCE if runs else FIRMWARE)
        if silence > limit:
            self.outcome.end(Verdict.HANG, f"no line for {limit:g} s")
        elif runs and self.gets_nowhere(silence):
            self.outcome.end(Verdict.HANG, NOWHERE)

    def _hear_last_words(self) -> None:
        """Lets what it has left behind write the end of the log, for a moment; then ends that."""
        until = time.monotonic() + limits.LAST_WORDS
        self._read(last=False)
        while not self.outcome.log.whole and time.monotonic() < until and self._has_left_something():
            time.sleep(PAUSE)
            self._read(last=False)
        self.child.end_group()

    def _has_left_something(self) -> bool:
        return process.POSIX and orphans.in_group(self.child.pid)

    def _read(self, last: bool) -> bool:
        """Takes what is new in both logs; whether the guest has said anything.

        The hypervisor's own is read first: what the guest wrote before a message in it is there by then.
        """
        messages, cut = self.more_lines(last)
        heard = self._take_lines(last)
        for line in messages:
            self.on_line(printable(line.decode("utf-8", "replace").rstrip("\r")))
        if cut := self._serial.cut or cut:
            self.outcome.end(Verdict.HANG, f"{cut} of log")
        for name in self.unread:
            if cut := excess(self.folder / name):
                self.outcome.end(Verdict.HANG, f"{cut} in {name}")
        return heard

    def _take_lines(self, last: bool) -> bool:
        """Takes what is new of the guest's; whether there was any."""
        lines = self._serial.lines(last)
        for line in lines:
            if case := self.outcome.take(self.bare(line)):
                self._on_case(case)
        return bool(lines)
