# SPDX-License-Identifier: BSD-2-Clause
"""What a page says first where an earlier run decides: what is new, worse, better than there."""

from dataclasses import dataclass

from harness.report.diff import LONGEST_LINE, MOST_LINES, lines_of, tally
from harness.report.page_answer import fragment
from harness.runs.diff import Course, Diff

# In the order in which they are told; what is the same is not.
TOLD = (Course.WORSE, Course.APPEARED, Course.CHANGED, Course.UNUSABLE, Course.BETTER, Course.VANISHED)


@dataclass(frozen=True)
class PageChange:
    """The same to be said of some results: in words, and the fragment that opens the first, if it is in this run."""

    words: str
    fragment: str


@dataclass(frozen=True)
class Against:
    """A run held against the one called `name`: whether nothing got worse, the sum, and what took which course.

    Of each course there are the first changes, and how many results more.
    """

    name: str
    passes: bool
    sum: str
    courses: list[tuple[str, list[PageChange], int]]


def against(name: str, diff: Diff) -> Against:
    courses = []
    for course in TOLD:
        lines = lines_of(diff, course)
        shown = [
            PageChange(
                line.plain.removeprefix(f"{course.value}: ")[:LONGEST_LINE],
                fragment(pairs[0].after) if pairs[0].after else "",
            )
            for line, pairs in lines[:MOST_LINES]
        ]
        if shown:
            courses.append((course.value, shown, sum(len(pairs) for _, pairs in lines[MOST_LINES:])))
    return Against(name, diff.passes, tally(diff), courses)
