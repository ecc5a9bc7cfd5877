# SPDX-License-Identifier: BSD-2-Clause
"""What a run or a report says to programs: a line of JSON, and the annotations of GitHub's job pages."""

import json
from collections import Counter

from harness.judging.result import Result, Verdict
from harness.report.diff import lines_of, tally
from harness.report.problems import find_problems, names
from harness.report.terminal import described
from harness.runs.diff import Course, Diff

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


def annotations(results: list[Result], against: Diff | None = None) -> list[str]:
    """A workflow command of GitHub's for each thing that is not green, with its logs, the gravest first; where these
    results are held `against` those of an earlier run, for each that got worse.
    """
    if against and not against.compared:
        return [_annotation("Trapline", tally(against))]
    found = _worse(against) if against else [(alike, described(alike)) for alike in find_problems(results).others]
    shown = found if len(found) <= MOST_ANNOTATIONS else found[: MOST_ANNOTATIONS - 1]
    lines = [_annotation(" on ".join(names(alike)[:2]), words) for alike, words in shown]
    if more := sum(len(alike) for alike, _ in found[len(shown) :]):
        what = "that got worse" if against else "that are not green"
        lines.append(_annotation("Trapline", f"and {more} more results {what}"))
    return lines


def _worse(against: Diff) -> list[tuple[list[Result], str]]:
    """The results that got worse, as far as the same is to be said of them, and that with the logs of the first."""
    rows = [([pair.last for pair in pairs], line.plain) for line, pairs in lines_of(against, Course.WORSE)]
    return [(alike, f"{line}\n{described(alike[:1])}") for alike, line in rows]


def _annotation(title: str, words: str) -> str:
    """In GitHub's escapes: no word ends the line, or begins another command."""
    title = _escaped(title).replace(":", "%3A").replace(",", "%2C")
    return f"::error title={title}::{_escaped(words.rstrip()[:LONGEST_ANNOTATION])}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
