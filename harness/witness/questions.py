# SPDX-License-Identifier: BSD-2-Clause
"""What debug.flat asks (questions.toml), what it answers, and whether the catalogue's cases say the same."""

import enum
import fnmatch
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.judging.result import Result, Verdict
from harness.witness.hear import Heard

TABLE = Path(__file__).with_name("questions.toml")

# A report, and whether it says that the CPU is right; None where it has not asked.
REPORT = re.compile(r"(PASS|XPASS|FAIL|XFAIL|KFAIL|SKIP): (.*)")
RIGHT = {"PASS": True, "XPASS": True, "FAIL": False, "XFAIL": False, "KFAIL": False, "SKIP": None}

NO_END = "no end"


@dataclass(frozen=True)
class Question:
    """One of debug.flat's; see questions.toml."""

    title: str
    cases: tuple[str, ...] = ()
    none: str = ""
    apart: dict[str, str] = field(default_factory=dict)
    sometimes: dict[str, str] = field(default_factory=dict)

    def is_asked_by(self, title: str) -> bool:
        return fnmatch.fnmatchcase(title, self.title)

    @property
    def explained(self) -> dict[str, str]:
        """The known bugs that its cases show and debug.flat need not."""
        return self.apart | self.sometimes


class Agreement(enum.Enum):
    """Whether debug.flat and the catalogue say the same; the values are what users read."""

    SAME = "agree"
    EXPLAINED = "agree, but for"
    CONTRARY = "DISAGREE"
    UNTOLD = "-"  # at least one of them says nothing


@dataclass(frozen=True)
class BothAnswers:
    """A question, both answers, as words, and what comes of them."""

    title: str
    heard: str
    ours: str
    agreement: Agreement
    why: str = ""


def read_questions(path: Path = TABLE) -> list[Question]:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    return [Question(**table | {"cases": tuple(table.get("cases", ()))}) for table in tables]


def by_chance(questions: Sequence[Question], heard: Heard) -> bool:
    """Whether it has come to no end in a question where time decides, and may do so another time."""
    place = _stuck_in(heard, _words(questions, _reports(heard)))
    return place is not None and bool(questions[place].sometimes)


def compare(questions: Sequence[Question], heard: Heard, results: Sequence[Result]) -> list[BothAnswers]:
    """A row for each question, and for each report that is about none of them."""
    reports = _reports(heard)
    words = _words(questions, reports)
    if (place := _stuck_in(heard, words)) is not None:
        words[place] = f"{NO_END}: {heard.cut}"
    missing = "not reached" if heard.cut else "this version does not ask it"
    rows = [_row(question, word, missing, results) for question, word in zip(questions, words)]
    unknown = [title for title in reports if not any(question.is_asked_by(title) for question in questions)]
    why = f"{TABLE.name} has no such title"
    return rows + [BothAnswers(title, reports[title], "-", Agreement.UNTOLD, why) for title in unknown]


def _reports(heard: Heard) -> dict[str, str]:
    """The word of each report by its title."""
    return {found.group(2): found.group(1) for line in heard.lines if (found := REPORT.fullmatch(line))}


def _words(questions: Sequence[Question], reports: dict[str, str]) -> list[str]:
    """The word of each question's report, "" where there is none."""
    return [next((reports[title] for title in reports if each.is_asked_by(title)), "") for each in questions]


def _stuck_in(heard: Heard, words: list[str]) -> int | None:
    """The question after the last that has a report, where it came to no end."""
    place = max((number for number, word in enumerate(words, 1) if word), default=0)
    return place if heard.cut and place < len(words) else None


def _row(question: Question, word: str, missing: str, all_results: Sequence[Result]) -> BothAnswers:
    results = [result for result in all_results if result.case in question.cases]
    ours = ", ".join(f"{result.verdict.value} {result.case}" for result in results)

    def row(agreement: Agreement, why: str = "") -> BothAnswers:
        return BothAnswers(question.title, word or "-", ours or "-", agreement, why)

    heard = False if word.startswith(NO_END) else RIGHT.get(word)
    if heard is None:
        return row(Agreement.UNTOLD, missing if not word else "")
    asked = [result for result in results if result.verdict is not Verdict.UNUSABLE]
    if not asked:
        return row(Agreement.UNTOLD, question.none or "; ".join(result.reason for result in results))
    bugs = {bug.name for result in asked for bug in result.judgement.bugs if result.verdict is Verdict.KNOWN}
    why = "; ".join(f"{words} ({name})" for name, words in question.explained.items() if name in bugs)
    right = all(_is_right(result, question) for result in asked)
    if heard == right:
        return row(Agreement.EXPLAINED if right and why else Agreement.SAME, why if right else "")
    if right and bugs & question.sometimes.keys():  # this time debug.flat shows it too
        return row(Agreement.SAME, why)
    return row(Agreement.CONTRARY, why)


def _is_right(result: Result, question: Question) -> bool:
    """Whether a case has found nothing wrong that the question is about."""
    if result.verdict is Verdict.KNOWN:
        return all(bug.name in question.explained for bug in result.judgement.bugs)
    return result.verdict in (Verdict.PASS, Verdict.FIXED)
