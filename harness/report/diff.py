# SPDX-License-Identifier: BSD-2-Clause
"""What became of each result from one run to the next, for a terminal: a line for what is the same to say of a case."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from harness.judging.result import Result
from harness.report.problems import debuggers
from harness.report.rows import case_label
from harness.report.terminal import counted, counts
from harness.runs.diff import WRONG, Course, Diff, Pair, platforms, rank
from harness.system.printable import printable

MOST_PLATFORMS = 10  # lines on what a run ran on
MOST_LINES = 20  # of one course; the others are counted
LONGEST_LINE = 300  # characters: a reason may have come from anywhere
STYLES = {Course.WORSE: "bold red", Course.UNUSABLE: "magenta", Course.CHANGED: "yellow", Course.BETTER: "green"}
BY_VERDICT = (Course.APPEARED, Course.VANISHED, Course.SAME)  # in the total


def print_run(console: Console, title: str, lines: list[str], results: list[Result]) -> None:
    """What one of the runs is: how many results, on what."""
    _print(console, Text(f"{title}: {counted(len(results), 'result')} on {', '.join(platforms(results))}"))
    for line in lines[:MOST_PLATFORMS]:
        _print(console, Text(f"  {line}"))


def print_pairs(console: Console, diff: Diff, courses: Iterable[Course]) -> None:
    """A line for all modes of a case of which the same is to be said, for each of these courses."""
    for course in courses:
        lines = lines_of(diff, course)
        for line, _ in lines[:MOST_LINES]:
            _print(console, line)
        if more := sum(len(pairs) for _, pairs in lines[MOST_LINES:]):
            console.print(Text(f"{course.value}: and {counted(more, 'more result')}", STYLES.get(course, "")))


def held_against(console: Console, baseline: str, found: Diff, lacking: str) -> bool:
    """Says what got worse than in an earlier run, and what that was `lacking`; whether nothing got worse."""
    console.print()
    if lacking:
        console.print(Text(f"{printable(baseline)}: {lacking}"))
    print_pairs(console, found, [Course.WORSE])
    style = "bold green" if found.passes else "bold red"
    console.print(Text.assemble(f"against {printable(baseline)}: ", (tally(found), style)))
    return found.passes


def lines_of(diff: Diff, course: Course) -> list[tuple[Text, list[Pair]]]:
    """The lines of one course, each with what it is about."""
    cases = {(pair.platform, pair.case) for pair in diff.pairs}
    modes = Counter((platform, case.partition("@")[0]) for platform, case in cases)
    return [(_line(course, pairs, modes), pairs) for pairs in _rows(diff.of(course))]


def tally(diff: Diff) -> str:
    """How many results took which course, in a line that says so too where nothing got worse."""
    words = []
    for course in Course:
        pairs = diff.of(course)
        if pairs or course is Course.WORSE:
            verdicts = f" ({counts([pair.last for pair in pairs])})" if course in BY_VERDICT else ""
            name = "the same" if course is Course.SAME else course.value
            words.append(f"{len(pairs) or 'nothing'} {name}{verdicts}")
    return ", ".join(words) + ("" if diff.compared else "; there is nothing that can be compared")


def not_in(before: list[Result], after: list[Result]) -> str:
    """Which platforms the earlier run has nothing about; empty if it has all."""
    old, new = platforms(before), platforms(after)
    if not (missing := [name for name in new if name not in old]):
        return ""
    beside = len(old) == len(new) == 1
    held = ", which is held against its" if beside else ", but about"
    return f"has nothing about {', '.join(missing)}{held} {', '.join(old)}"


def _print(console: Console, line: Text) -> None:
    line.truncate(LONGEST_LINE, overflow="ellipsis")
    console.print(line)


def _rows(pairs: list[Pair]) -> list[list[Pair]]:
    """The pairs by what is to be said of them: of one debugger mode after the other, then of one mode."""
    alike: dict[tuple, list[Pair]] = {}
    for pair in pairs:
        alike.setdefault((pair.platform, pair.case, _said(pair)), []).append(pair)
    rows: dict[tuple, list[Pair]] = {}
    for (platform, case, said), group in alike.items():
        modes = frozenset(pair.debugger for pair in group)
        rows.setdefault((platform, case.partition("@")[0], said, modes), []).extend(group)
    return list(rows.values())


def _line(course: Course, pairs: list[Pair], modes: Counter[tuple[str, str]]) -> Text:
    first = pairs[0]
    cases = list(dict.fromkeys(pair.case for pair in pairs))
    whole = modes[first.platform, first.case.partition("@")[0]] == len(cases)
    where = f"on {first.platform} {debuggers(pair.debugger for pair in pairs)}".rstrip()
    line = Text.assemble((course.value, STYLES.get(course, "")), ": ", (case_label(cases, whole), "bold"))
    return line.append(f" {where}: {_said(first)}{_why(pairs)}")


def _said(pair: Pair) -> str:
    """The verdicts before and after, or the only one that there is."""
    return ", now ".join(_verdict(result) for result in (pair.before, pair.after) if result)


def _verdict(result: Result) -> str:
    bug = f" ({result.judgement.bug})" if result.judgement.bug else ""
    return f"{result.verdict.value}{bug}"


def _why(pairs: list[Pair]) -> str:
    """The reason of what is not right; of several, the first and how many more there are."""
    reasons = list(dict.fromkeys(pair.last.reason for pair in pairs if rank(pair.last.verdict) is WRONG))
    if not any(reasons):
        return ""
    return f": {reasons[0]}" + (f"; and {counted(len(reasons) - 1, 'more reason')}" if len(reasons) > 1 else "")
