# SPDX-License-Identifier: BSD-2-Clause
"""What a run or a report says to programs: a line of JSON, and the annotations of GitHub's job pages."""

import json
from collections import Counter

from harness.judging.result import Result, Verdict
from harness.report.problems import find_problems, names
from harness.report.terminal import described

MOST_ANNOTATIONS = 10  # GitHub shows no more of a step
LONGEST_ANNOTATION = 4000  # characters


def summary_line(results: list[Result]) -> str:
    """One JSON object in one line: whether all is green, and of each platform how many results have which verdict, and
    how many show which known bug.
    """
    platforms = {
        platform: _counts([result for result in results if result.platform == platform])
        for platform in dict.fromkeys(result.platform for result in results)
    }
    green = all(result.verdict.green for result in results)
    return json.dumps({"green": green, "results": len(results), "platforms": platforms}) + "\n"


def _counts(results: list[Result]) -> dict[str, dict[str, int]]:
    met = Counter(result.verdict for result in results)
    known = sorted(find_problems(results).known, key=lambda bug: bug.name)
    return {
        "verdicts": {verdict.value: met[verdict] for verdict in Verdict if met[verdict]},
        "bugs": {bug.name: len(bug.results) for bug in known},
    }


def annotations(results: list[Result]) -> list[str]:
    """A workflow command of GitHub's for each thing that is not green, with its logs, the gravest first."""
    found = find_problems(results).others
    shown = found if len(found) <= MOST_ANNOTATIONS else found[: MOST_ANNOTATIONS - 1]
    lines = [_annotation(" on ".join(names(alike)[:2]), described(alike)) for alike in shown]
    if more := sum(map(len, found[len(shown) :])):
        lines.append(_annotation("Trapline", f"and {more} more results that are not green"))
    return lines


def _annotation(title: str, words: str) -> str:
    """In GitHub's escapes: no word ends the line, or begins another command."""
    title = _escaped(title).replace(":", "%3A").replace(",", "%2C")
    return f"::error title={title}::{_escaped(words.rstrip()[:LONGEST_ANNOTATION])}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
