# SPDX-License-Identifier: BSD-2-Clause
"""One boot of the guest by a command, which ends when the guest has left."""

import subprocess
from collections.abc import Callable, Collection
from pathlib import Path

from harness.judging.result import Verdict
from harness.system import process
from harness.system.last_words import telling_line
from harness.system.limits import Deadlines
from harness.vm.by_file import BootByFile

POLL = 0.02  # seconds


class CommandBoot(BootByFile):
    """One boot by a command: exit statuses `good` are, with a whole log, a good end, and `reset` those of a reset.

    The guest's log is what it writes on standard output, or into folder/serial.log by itself.
    """

    def __init__(
        self,
        command: list[str],
        on_output: bool,
        good: Collection[int],
        reset: Collection[int],
        folder: Path,
        deadlines: Deadlines,
        on_case: Callable[[str], None],
    ) -> None:
        super().__init__(folder, deadlines, on_case)
        self._command = command
        self._on_output = on_output
        self._good = good
        self._reset = reset

    def start(self) -> None:
        output = "serial.log" if self._on_output else "stdout.log"
        with (self.folder / output).open("ab") as log, (self.folder / "stderr.log").open("wb") as errors:
            self._child = process.start(
                self._command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=errors
            )

    def stop(self) -> None:
        process.stop(self._child)

    def wait(self) -> bool:
        try:
            self._child.wait(POLL)
        except subprocess.TimeoutExpired:
            return False
        return True

    def said(self) -> str:
        files = ["stderr.log", *([] if self._on_output else ["stdout.log"])]
        return "\n".join((self.folder / name).read_text(encoding="utf-8", errors="replace") for name in files)

    def end_by_exit(self) -> None:
        status = self._child.returncode
        log, how = self.outcome.log, f"{Path(self._command[0]).name} {process.describe_exit(status)}"
        words = f"{how}: {telling_line(self.said().splitlines())}"
        if process.signal_name(status):
            self.outcome.end(Verdict.CRASH, words)
        elif log.plan is None:
            self.outcome.end(Verdict.UNUSABLE, words)
        elif status in self._reset and not log.whole:
            self.outcome.end(Verdict.RESET, "the guest was reset")
        elif status not in self._good:
            self.outcome.end(Verdict.BACKEND, words)
        elif not log.whole:
            self.outcome.end(Verdict.CUT, f"{how}, but the guest's log is not whole")
