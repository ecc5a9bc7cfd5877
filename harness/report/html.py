# SPDX-License-Identifier: BSD-2-Clause
"""A report as one HTML page, by the template templates/page.html: no scripts, and nothing from elsewhere."""

from dataclasses import dataclass
from pathlib import Path

import jinja2

from harness.judging.compare import Row, align
from harness.judging.result import Result, Verdict
from harness.report.problems import find_problems, logs_without_required, names
from harness.report.terminal import collapsed
from harness.runs import read
from harness.runs.record import write_text
from harness.system.places import TEMPLATES

LONGEST_COMPARISON = 400  # rows of one log; the rest is in the run's folder

# Each verdict's class; all others are "bad".
CLASSES = {Verdict.PASS: "pass", Verdict.KNOWN: "known", Verdict.UNUSABLE: "unusable"}


@dataclass
class Comparison:
    """Both logs of one observer; each row with how many more like it follow, `left` rows are not shown."""

    title: str
    rows: list[tuple[Row, int]]
    left: int


@dataclass
class Problem:
    """Results of which the same is to be said, with what the page shows of the first."""

    anchor: str
    where: str
    first: Result
    logs: list[str]
    comparisons: list[Comparison]
    output: list[str]


def page(lines: list[str], results: list[Result]) -> str:
    """The page, with what the platforms are in `lines`."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    columns = list(dict.fromkeys((result.platform, result.debugger) for result in results))
    cells = {(result.case, result.platform, result.debugger): result for result in results}
    found = find_problems(results)
    problems = []
    anchors: dict[tuple[str, str, str], str] = {}
    for number, alike in enumerate(found.others, 1):
        problems.append(_problem(f"p{number}", alike))
        anchors |= {(result.case, result.platform, result.debugger): f"p{number}" for result in alike}
    rows = [
        (case, [(cells.get((case, *column)), anchors.get((case, *column), "")) for column in columns])
        for case in sorted({result.case for result in results})
    ]
    not_green = [row for row in rows if any(anchor for _, anchor in row[1])]
    counts = {verdict: sum(result.verdict is verdict for result in results) for verdict in Verdict}
    return environment.get_template("page.html").render(
        lines=lines,
        columns=columns,
        tables=[("Not green", not_green), ("All cases", rows)],
        problems=problems,
        known=found.known,
        remarks=found.remarks,
        counts={verdict: count for verdict, count in counts.items() if count},
        classes=CLASSES,
    )


def write_page(path: Path, lines: list[str], results: list[Result]) -> None:
    """Writes the page. Raises WrongQuestion where the file cannot be."""
    write_text(path, page(lines, results))


def _problem(anchor: str, alike: list[Result]) -> Problem:
    first = alike[0]
    cases, platform, debuggers = names(alike)
    comparisons = []
    logs: list[str] = []
    output: list[str] = []
    if first.verdict is Verdict.UNUSABLE:
        logs = logs_without_required(first)
    else:
        for observer, beside, seen in zip(("guest", "debugger"), first.beside, (first.seen, first.debugger_seen)):
            if beside is not None and beside != seen:
                comparisons.append(_comparison(f"{first.beside_title} of the {observer}", beside, seen))
    if first.run and first.verdict is not Verdict.DIFFERS:
        output = read.output(first.run)
    return Problem(anchor, f"{cases} on {platform} {debuggers}".rstrip(), first, logs, comparisons, output)


def _comparison(title: str, required: list[str], seen: list[str]) -> Comparison:
    rows = list(collapsed(align(required, seen)))
    return Comparison(title, rows[:LONGEST_COMPARISON], max(0, len(rows) - LONGEST_COMPARISON))
