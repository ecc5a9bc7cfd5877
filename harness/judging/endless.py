# SPDX-License-Identifier: BSD-2-Clause
"""A guest that meets the same trap again and again, until the fence around its case has had enough."""

import itertools
from dataclasses import dataclass

from harness.judging.rewrite import Logs, Rewrite

# The guest's last word on a case that has had as many traps as it may have, and how many of the same make it endless.
SPENT = "note trap_budget=spent"
REPEATED = 16


@dataclass(frozen=True)
class Endless:
    """Lines of the required log at which the guest sticks, and how they repeat until the trap budget is spent."""

    rewrite: Rewrite

    def of(self, log: list[str], steps: list[str]) -> Logs:
        """The log up to there, with the repetition; and the debugger's up to the step that leads there."""
        lines = [tuple(line.split(" ")) for line in log]
        first = self.rewrite.place_in(lines)
        if first is None:
            return log, steps
        length = len(self.rewrite.old)
        block, end = log[first : first + length], first + length
        while log[end : end + length] == block:
            end += length
        rip = next((word for word in lines[first] if word.startswith("rip=")), "")
        mark = rip.removeprefix("rip=").partition("+")[0]
        reached = list(itertools.takewhile(lambda line: line.replace("+", " ").split(" ")[0] != mark, steps))
        again = self.rewrite.of(block)
        return [*log[:end], *again * REPEATED, again[0], SPENT], reached


def stretched(log: list[str], seen: list[str]) -> list[str]:
    """A log that repeats the same until the trap budget is spent, as long as the one seen: the guest counts."""
    if not log or not seen or log[-1] != SPENT or seen[-1] != SPENT:
        return log
    lines = log[:-1]
    period = next((each for each in range(1, len(lines)) if lines[-each:] == lines[-2 * each : -each]), None)
    if period is None:
        return log
    while len(lines) < len(seen) - 1:
        lines.append(lines[-period])
    return [*lines[: len(seen) - 1], SPENT]
