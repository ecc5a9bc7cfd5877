# SPDX-License-Identifier: BSD-2-Clause
"""About how long a run takes, before it has begun: to tell a minute from an hour."""

from harness.runs.runner import Group

# Seconds of a result in TCG on a machine of 2024, by debugger mode; with a gdb, for those that are not named.
RESULT = {"detached": 0.002, "script": 0.002, "step": 0.02, "left": 0.01, "cut": 0.01}
WITH_GDB = 0.005
BOOT = 0.5  # of a VM, with its gdb


def seconds_for(groups: list[Group], jobs: int) -> float:
    """Seconds for all groups, so many at a time."""
    each = [
        (BOOT + len(group.image.cases) * RESULT.get(group.debugger, WITH_GDB)) * group.platform.pace for group in groups
    ]
    return max([sum(each) / max(1, min(jobs, len(groups))), *each], default=0.0)


def in_words(seconds: float) -> str:
    """A duration, as exact as an estimate is."""
    if seconds < 1.5:
        return "a second"
    if seconds < 90:
        return f"{_rounded(seconds)} s"
    if seconds < 90 * 60:
        return f"{_rounded(seconds / 60)} min"
    return f"{_rounded(seconds / 3600)} h"


def _rounded(number: float) -> int:
    return round(number) if number < 10 else round(number / 5) * 5
