# SPDX-License-Identifier: BSD-2-Clause
"""What a page answers first: how many questions each platform gets right, and what is not as recorded."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote

from harness.judging.compare import align, summary
from harness.judging.result import Result, Verdict
from harness.report.problems import names

# What becomes of a question, from what counts most: it is as its results are together.
RED, UNTOLD, KNOWN, RIGHT = "red", "cannot be told", "known", "right"
FATES = (RED, UNTOLD, KNOWN, RIGHT)


@dataclass
class PlatformAnswer:
    """A platform: what is known of it, in lines, and how many questions and results came to what."""

    name: str
    lines: list[str]
    questions: dict[str, int]
    results: dict[Verdict, int]

    @property
    def total(self) -> int:
        return sum(self.questions.values())


@dataclass
class Problem:
    """Results of which the same is to be said: where, the first, what differs in it, and the fragment that opens it."""

    where: str
    first: Result
    count: int
    difference: str
    fragment: str


def fate(verdict: Verdict) -> str:
    """What a result makes of its question."""
    fates = {Verdict.PASS: RIGHT, Verdict.KNOWN: KNOWN, Verdict.UNUSABLE: UNTOLD}
    return fates.get(verdict, RED)


def platform_answers(lines: list[str], results: list[Result]) -> tuple[list[PlatformAnswer], list[str]]:
    """What is to be said of each platform, and the lines that are about none of them."""
    platforms = list(dict.fromkeys(result.platform for result in results))
    own: dict[str, list[str]] = {platform: [] for platform in platforms}
    others = []
    for line in lines:
        about = [platform for platform in platforms if line.startswith(f"{platform}: ")]
        if about:
            own[max(about, key=len)].append(line.removeprefix(f"{max(about, key=len)}: "))
        else:
            others.append(line)
    worst: dict[tuple[str, str], str] = {}
    for result in results:
        key, mine = (result.platform, result.name), fate(result.verdict)
        worst[key] = min(worst.get(key, mine), mine, key=FATES.index)
    answers = []
    for platform in platforms:
        counts = Counter(fate for (where, _), fate in worst.items() if where == platform)
        verdicts = Counter(result.verdict for result in results if result.platform == platform)
        questions = {fate: counts[fate] for fate in reversed(FATES) if counts[fate]}
        ordered = {verdict: verdicts[verdict] for verdict in Verdict if verdicts[verdict]}
        answers.append(PlatformAnswer(platform, own[platform], questions, ordered))
    return answers, others


def problem(alike: list[Result]) -> Problem:
    """What the page says of results that are not as recorded."""
    first = alike[0]
    cases, platform, debuggers = names(alike)
    differences = [
        summary(align(beside, seen))
        for beside, seen in zip(first.beside, (first.seen, first.debugger_seen))
        if first.verdict is Verdict.DIFFERS and beside is not None
    ]
    where = f"{cases} on {platform} {debuggers}".rstrip()
    return Problem(where, first, len(alike), next(filter(None, differences), ""), fragment(first))


def fragment(result: Result) -> str:
    """The part of the page's address that opens a result."""
    parts = {"case": result.case, "on": result.platform, "with": result.debugger}
    return "&".join(f"{key}={quote(value, safe='')}" for key, value in parts.items())
