# SPDX-License-Identifier: BSD-2-Clause
"""One boot of the guest in a Bochs, watched through the files that it writes.

Bochs has no control channel: the serial line goes to a file, and its own log tells of resets and of its end. Where a
message was a panic, Bochs leaves, and repeats it on standard error; its exit status says little.
"""

import re
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from harness.judging.result import Verdict
from harness.system import process
from harness.system.errors import Cancelled
from harness.system.limits import FIRMWARE, LONGEST_LOG, SILENCE, Deadlines
from harness.vm.bochs import POLL, RESET, Bochs, Configuration, GrowingFile
from harness.vm.outcome import Outcome

# In its log, before the reset, if that is for a third fault.
TRIPLE_FAULT = re.compile(r"3rd \(\d+\) exception with no resolution")
# The guest has written "Shutdown" to port 8900h (guest/board/leave.c).
SHUTDOWN = "Shutdown port: shutdown requested"
ERROR = re.compile(r"\d+[ep]\[")

KEPT_ERRORS = 200  # the last of them, for a guest can make very many


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
