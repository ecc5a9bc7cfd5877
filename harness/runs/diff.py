# SPDX-License-Identifier: BSD-2-Clause
"""Two runs held against each other, result by result: what got worse, and what became of the rest."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harness.catalogue.log import BYE
from harness.judging.result import EVERY_CASE, REST, Judgement, Result, Verdict

# How far a verdict is from what is required. With `fixed?` the log is the one required; it is the record that is not.
RIGHT, RECORDED, WRONG = range(3)
RANKS = {Verdict.PASS: RIGHT, Verdict.FIXED: RIGHT, Verdict.KNOWN: RECORDED}


class Course(enum.Enum):
    """What became of a result from one run to the next, from what matters most; the values are what users read."""

    WORSE = "worse"
    UNUSABLE = "unusable"  # in one of them, so that nothing can be said
    CHANGED = "changed"  # as right or wrong as before, by another verdict or other known bugs
    BETTER = "better"
    APPEARED = "appeared"
    VANISHED = "vanished"
    SAME = "same"


@dataclass(frozen=True)
class Pair:
    """One question and its result before and after; None where a run has not asked it."""

    platform: str
    case: str
    debugger: str
    before: Result | None
    after: Result | None

    @property
    def last(self) -> Result:
        """The result after, or the one before where there is none any more."""
        last = self.after or self.before
        assert last
        return last

    @cached_property  # it is asked for with each of the courses
    def course(self) -> Course:
        if self.before is None:
            lost = self.case in (EVERY_CASE, REST) and self.last.verdict is Verdict.CUT
            return Course.WORSE if lost else Course.APPEARED
        if self.after is None:
            return Course.VANISHED
        before, after = self.before.verdict, self.after.verdict
        if Verdict.UNUSABLE in (before, after):
            return Course.SAME if before is after else Course.UNUSABLE
        if rank(after) != rank(before):
            return Course.WORSE if rank(after) > rank(before) else Course.BETTER
        alike = before is after and self.before.judgement.bug == self.after.judgement.bug
        return Course.SAME if alike else Course.CHANGED

    def as_json(self) -> dict[str, Any]:
        sides = {"before": self.before, "after": self.after}
        return {"change": self.course.value} | {
            name: result.as_json() if result else None for name, result in sides.items()
        }


@dataclass(frozen=True)
class Diff:
    """All pairs of two runs, those of what matters most first."""

    pairs: list[Pair]

    def of(self, course: Course) -> list[Pair]:
        return [pair for pair in self.pairs if pair.course is course]

    @property
    def compared(self) -> int:
        """Of how many pairs both results say something."""
        beside = [(pair.before.verdict, pair.after.verdict) for pair in self.pairs if pair.before and pair.after]
        return sum(Verdict.UNUSABLE not in verdicts for verdicts in beside)

    @property
    def passes(self) -> bool:
        """Whether nothing got worse, as far as there was anything that could."""
        return self.compared > 0 and not self.of(Course.WORSE)

    def as_json(self) -> dict[str, Any]:
        """How many pairs took which course, and each but those that are the same."""
        counts = {course.value: len(self.of(course)) for course in Course}
        changes = [pair.as_json() for pair in self.pairs if pair.course is not Course.SAME]
        return {"compared": self.compared, "counts": counts, "changes": changes}


def rank(verdict: Verdict) -> int:
    return RANKS.get(verdict, WRONG)


def diff(before: list[Result], after: list[Result]) -> Diff:
    """The results of each run by case, mode, debugger mode and platform.

    Where each has one platform, these are taken for one another, whatever their names.
    """
    names = platforms(before), platforms(after)
    now_called = {names[0][0]: names[1][0]} if len(names[0]) == len(names[1]) == 1 else {}
    old = {(now_called.get(result.platform, result.platform), *_question(result)): result for result in before}
    new = {(result.platform, *_question(result)): result for result in after}
    ran_before, ran_after = ({(platform, debugger) for platform, _, debugger in results} for results in (old, new))
    pairs = [
        Pair(*key, old.get(key) or _unsaid(key, ran_before), new.get(key) or _unsaid(key, ran_after))
        for key in dict.fromkeys([*new, *old])
    ]
    order = list(Course)
    return Diff(sorted(pairs, key=lambda pair: order.index(pair.course)))


def platforms(results: Iterable[Result]) -> list[str]:
    return list(dict.fromkeys(result.platform for result in results))


def _question(result: Result) -> tuple[str, str]:
    return result.case, result.debugger


def _unsaid(key: tuple[str, str, str], ran: set[tuple[str, str]]) -> Result | None:
    """What a run on these platforms in these debugger modes has without a row: there is one of `bye` only where that
    is wrong.
    """
    platform, case, debugger = key
    well = case.partition("@")[0] == BYE and (platform, debugger) in ran
    return Result(case, platform, debugger, Judgement(Verdict.PASS)) if well else None
