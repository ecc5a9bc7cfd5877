# SPDX-License-Identifier: BSD-2-Clause
"""One boot in a hypervisor without a control channel: the guest's log goes to a file, and the process ends with it."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from harness.judging.result import Verdict
from harness.system import process
from harness.system.errors import Cancelled
from harness.system.limits import FIRMWARE, LONGEST_LOG, SILENCE, Deadlines
from harness.vm.outcome import Outcome


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


class BootByFile(ABC):
    """One boot, from power-on to its end, watched through folder/serial.log."""

    def __init__(self, folder: Path, deadlines: Deadlines, on_case: Callable[[str], None]) -> None:
        self.folder = folder
        self.outcome = Outcome()
        self._deadlines = deadlines
        self._on_case = on_case
        self._serial = GrowingFile(folder / "serial.log")

    def run(self) -> Outcome:
        """Boots, watches, cleans up. Raises Cancelled when the whole command is being stopped."""
        try:
            self.start()
            try:
                self._watch()
            finally:
                self.stop()
        finally:
            self._serial.close()
        if process.stopping():
            raise Cancelled
        self.outcome.take_output(self.said())
        return self.outcome

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

    def more_lines(self, last: bool) -> tuple[list[str], int]:
        """What is new in a log of its own, and the bytes of that so far."""
        return [], 0

    def on_line(self, line: str) -> None:
        """Takes a line of that log."""

    def _watch(self) -> None:
        heard = time.monotonic()
        while self.outcome.ending is None:
            ended = self.wait()
            if self._read(last=ended):
                heard = time.monotonic()
            if ended:
                self.end_by_exit()
                return
            limit = self._deadlines(SILENCE if self.outcome.log.plan else FIRMWARE)
            if time.monotonic() - heard > limit:
                self.outcome.end(Verdict.HANG, f"no line for {limit:g} s")

    def _read(self, last: bool) -> bool:
        """Takes what is new in both logs; whether the guest has said anything.

        The hypervisor's own is read first: what the guest wrote before a message in it is there by then.
        """
        messages, size = self.more_lines(last)
        lines = self._serial.lines(last)
        for line in lines:
            if case := self.outcome.take(line):
                self._on_case(case)
        for line in messages:
            self.on_line(line)
        if max(self._serial.size, size) > LONGEST_LOG:
            self.outcome.end(Verdict.HANG, f"more than {LONGEST_LOG >> 20} MiB of log")
        return bool(lines)
