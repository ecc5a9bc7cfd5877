# SPDX-License-Identifier: BSD-2-Clause
"""What stands before each line of the guest's where somebody else has written it: a time, a domain's number."""

import re

from harness.catalogue.log import PLAN

# It is a few words, not a story.
LONGEST = 100
AT_THE_END = re.compile(rf"{PLAN.pattern}$")


class Stamp:
    """What stands before the plan line in its line may stand before all that follow, with other numbers.

    Numbers and blanks are never neighbours of their kind in the pattern, so that a line is looked at once.
    """

    def __init__(self) -> None:
        self._before = re.compile("")

    def off(self, line: str) -> tuple[str, bool]:
        """The line without what stands before it, and whether it is a plan line."""
        if "trapline" in line and (plan := AT_THE_END.search(line.rstrip())):
            before = re.split(r"(\d+|\s+)", line[: plan.start()][-LONGEST:])
            self._before = re.compile("".join(map(_like, before)))
            return line[plan.start() :], True
        found = self._before.match(line)
        return (line[found.end() :] if found else line), False


def _like(piece: str) -> str:
    if piece.isdecimal():
        return r"\d+"
    return r"\s*" if piece.isspace() else re.escape(piece)
