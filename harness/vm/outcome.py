# SPDX-License-Identifier: BSD-2-Clause
"""What one boot of the guest gives, on any platform."""

import time
from dataclasses import dataclass, field

from harness.catalogue import step_log
from harness.catalogue.log import Log
from harness.judging.result import Verdict
from harness.system.last_words import telling_line
from harness.system.printable import printable, shortened


# Signals by which a system ends a program that goes beyond a limit of the system's, and what mends it.
OF_LIMITS = {"SIGXCPU": "raise 'ulimit -t'", "SIGXFSZ": "raise 'ulimit -f'"}


def lacking(log: Log) -> str:
    """Why nothing can be said, where a log says what the image needs."""
    return f"the {log.plan.get('mode', '?')} image needs {log.needs}, which this CPU does not have"


@dataclass
class Outcome:
    """All that was seen of one boot.

    `ending` is None when the guest left by itself after its last line; else it is the verdict for the
    case that ran then, `reason` says why, and `circumstances` what else was found. `output` is what the
    hypervisor said, once it has ended. `debugger_log` are the debugger's lines by each case that it came to ("" before
    the first). `seconds` are from a case's first line to its last. `lost` if the guest's last lines went down with what
    carried them. `announced` if the hypervisor has said why it ends, where it is one that does, and `unannounced` if it
    ought to have. `gdb_killed` if a signal has ended gdb before the guest could run. `stub` are the gdbstub's answers
    to packets that ask what it offers.
    """

    log: Log = field(default_factory=Log)
    ending: Verdict | None = None
    reason: str = ""
    circumstances: tuple[str, ...] = ()
    output: str = ""
    lost: bool = False
    announced: bool = False
    unannounced: bool = False
    gdb_killed: bool = False
    stub: dict[str, str] = field(default_factory=dict)
    debugger_log: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    _began: float = 0.0
    _void: bool = False
    _words_follow: bool = False

    def take(self, line: bytes) -> str:
        """Takes the guest's next line, as it comes; returns the case that it begins, or ""."""
        if self._void:
            return ""
        before = self.log.open_block
        self.log.feed(printable(line.decode("ascii", "replace").rstrip("\r")))
        if self.log.needs:
            self.end(Verdict.UNUSABLE, lacking(self.log))
        after = self.log.open_block
        now = time.monotonic()
        if before and after is not before:
            self.seconds[before.case] = now - self._began
        if after is None or after is before:
            return ""
        self._began = now
        return after.case

    def take_case(self, case: str) -> None:
        """Notes that the debugger has come to a case, whatever it may say of it."""
        self.debugger_log.setdefault(case, [])

    def take_from_debugger(self, case: str, line: str) -> None:
        """Adds a line to the debugger's log."""
        self.debugger_log.setdefault(case, []).append(shortened(line))

    def take_step(self, case: str, place: str) -> None:
        """Adds a place that the debugger stepped to."""
        step_log.add(self.debugger_log.setdefault(case, []), place)

    def make_void(self, reason: str) -> None:
        """What was seen says nothing about any case, nor does what will be."""
        self.log, self.ending, self.reason = Log(), Verdict.UNUSABLE, shortened(reason)
        self._void, self._words_follow = True, False

    def end(self, verdict: Verdict, reason: str) -> None:
        """Sets the ending, unless there is one already: the first is the cause of what follows."""
        if self.ending is None:
            if block := self.log.open_block:
                self.seconds[block.case] = time.monotonic() - self._began
            self.ending, self.reason = verdict, shortened(reason)

    def end_by_signal(self, died_by: str, words: str) -> None:
        """Sets the ending of a hypervisor that a signal has ended, by its name: `words` say so."""
        if mend := OF_LIMITS.get(died_by):
            self.end(Verdict.UNUSABLE, f"{words}, a limit of this system's: {mend}")
        else:
            self.end(Verdict.CRASH, words)

    def end_in_its_words(self, verdict: Verdict, start: str = "") -> None:
        """Sets the ending; the reason, from `start` on, is what the hypervisor says of it, when all of that is read."""
        if self.ending is None:
            self.end(verdict, start)
            self._words_follow = True

    def take_output(self, output: str) -> None:
        """Takes all that the hypervisor has said, when it has ended."""
        self.output = output
        if self._words_follow:
            self.reason = shortened(self.reason + telling_line(output.splitlines()))
