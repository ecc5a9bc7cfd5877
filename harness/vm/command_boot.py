# SPDX-License-Identifier: BSD-2-Clause
"""One boot of the guest by a command, which ends when the guest has left."""

import subprocess
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.catalogue.stamp import Stamp
from harness.judging.result import Verdict
from harness.system import process
from harness.system.last_words import telling_line
from harness.system.limits import Deadlines
from harness.system.intake import said
from harness.system.printable import printable
from harness.vm.by_file import BootByFile

POLL = 0.02  # seconds


@dataclass(frozen=True)
class Statuses:
    """What a command's exit status says: with a whole log, a good end; a reset; that it died of an error of its own."""

    good: Collection[int]
    reset: Collection[int]
    crash: Collection[int]


class CommandBoot(BootByFile):
    """One boot by a command. The guest's log is what that writes on standard output, or into folder/serial.log."""

    unread = ("stderr.log", "stdout.log")

    def __init__(
        self,
        command: list[str],
        image: Path,
        on_output: bool,
        statuses: Statuses,
        folder: Path,
        deadlines: Deadlines,
        on_case: Callable[[str], None],
    ) -> None:
        super().__init__(folder, deadlines, on_case)
        self.image = image
        self._command = command
        self._on_output = on_output
        self._statuses = statuses
        self._stamp = Stamp()

    @property
    def child(self) -> process.Child:
        return self._started

    def start(self, further: Sequence[str] = (), passed: Sequence[int] = ()) -> None:
        """Starts the command, with `further` words; it is passed these file descriptors."""
        output = "serial.log" if self._on_output else "stdout.log"
        with (self.folder / output).open("ab") as log, (self.folder / "stderr.log").open("wb") as errors:
            self._started = process.start(
                [*self._command, *further],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=errors,
                pass_fds=passed,
            )

    def stop(self) -> None:
        process.stop(self.child)

    def wait(self) -> bool:
        try:
            self.child.wait(POLL)
        except subprocess.TimeoutExpired:
            return False
        return True

    def bare(self, line: bytes) -> bytes:
        return self._stamp.off(line.decode("latin-1"))[0].encode("latin-1")

    def said(self) -> str:
        files = ["stderr.log", *([] if self._on_output else ["stdout.log"])]
        return "\n".join(said(self.folder / name) for name in files)

    def end_by_exit(self) -> None:
        status = self.child.returncode
        log, how = self.outcome.log, f"{printable(Path(self._command[0]).name)} {process.describe_exit(status)}"
        words = f"{how}: {telling_line(self.said().splitlines())}"
        if died_by := process.signal_name(status):
            self.outcome.end_by_signal(died_by, words)
        elif status in self._statuses.crash:
            self.outcome.end(Verdict.CRASH, words)
        elif log.plan is None:
            self.outcome.end(Verdict.UNUSABLE, words)
        elif status in self._statuses.reset and not log.whole:
            self.outcome.end(Verdict.RESET, "the guest was reset")
        elif status not in self._statuses.good:
            self.outcome.end(Verdict.BACKEND, words)
        elif not log.whole:
            self.outcome.end(Verdict.CUT, f"{how}, but the guest's log is not whole: {log.missing}")
