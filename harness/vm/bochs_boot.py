# SPDX-License-Identifier: BSD-2-Clause
"""One boot of the guest in a Bochs.

Its own log tells of resets and of its end. Where a message was a panic, Bochs leaves, and repeats it on standard error;
its exit status says little.
"""

import re
from collections import deque
from collections.abc import Callable
from pathlib import Path

from harness.judging.result import Verdict
from harness.system import process
from harness.system.limits import Deadlines
from harness.vm.bochs import POLL, RESET, Bochs, Configuration
from harness.vm.by_file import BootByFile

# In its log, before the reset, if that is for a third fault.
TRIPLE_FAULT = re.compile(r"3rd \(\d+\) exception with no resolution")
# The guest has written "Shutdown" to port 8900h (guest/board/leave.c).
SHUTDOWN = "Shutdown port: shutdown requested"
ERROR = re.compile(r"\d+[ep]\[")

KEPT_ERRORS = 200  # the last of them, for a guest can make very many


class Boot(BootByFile):
    """One boot; `folder` holds the configuration and takes the logs."""

    def __init__(
        self, configuration: Configuration, folder: Path, deadlines: Deadlines, on_case: Callable[[str], None]
    ) -> None:
        super().__init__(folder, deadlines, on_case)
        self._configuration = configuration
        self._bochs = Bochs(configuration, folder)
        self._resets = 0
        self._errors: deque[str] = deque(maxlen=KEPT_ERRORS)

    @property
    def child(self) -> process.Child:
        return self._bochs.child

    def start(self) -> None:
        self._bochs.start(self._configuration.command())

    def stop(self) -> None:
        self._bochs.close()

    def wait(self) -> bool:
        return self._bochs.wait(POLL)

    def said(self) -> str:
        return "\n".join([self._bochs.stderr, *self._errors])

    def more_lines(self, last: bool) -> tuple[list[bytes], str]:
        return self._bochs.log.lines(last), self._bochs.log.cut

    def on_line(self, line: str) -> None:
        if ERROR.match(line):
            self._errors.append(line)
        if TRIPLE_FAULT.search(line):
            self.outcome.end(Verdict.RESET, "the guest was reset (triple fault)")
        elif RESET in line:
            self._resets += 1
            if self._resets > 1:
                self.outcome.end(Verdict.RESET, "the guest was reset")

    def end_by_exit(self) -> None:
        log, words = self.outcome.log, self._bochs.last_words
        if died_by := process.signal_name(self._bochs.child.returncode):
            self.outcome.end_by_signal(died_by, f"Bochs died of {died_by}")
        elif SHUTDOWN in words:
            if not log.whole:
                self.outcome.end(Verdict.CUT, f"the guest left, but its log is not whole: {log.missing}")
        elif log.plan is None:
            self.outcome.end(Verdict.UNUSABLE, words)
        else:
            self.outcome.end(Verdict.BACKEND, words)
