# SPDX-License-Identifier: BSD-2-Clause
"""The data of a page's matrix: questions, columns, and what each cell opens. templates/page.js reads it."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from harness.judging.result import GRAVITY, MEANINGS, Result, Verdict
from harness.report.page_answer import fate
from harness.report.page_bugs import Chapter, Command
from harness.report.page_logs import PageLogs
from harness.report.page_questions import questions
from harness.report.rows import columns_of, merged_rows
from harness.system.places import shown

# The letter of each verdict, which tells it apart where there is no colour.
LETTERS = {
    Verdict.PASS: "\N{CHECK MARK}",
    Verdict.KNOWN: "K",
    Verdict.DIFFERS: "\N{NOT EQUAL TO}",
    Verdict.FIXED: "F",
    Verdict.CRASH: "C",
    Verdict.BACKEND: "B",
    Verdict.RESET: "R",
    Verdict.HANG: "H",
    Verdict.CUT: "T",
    Verdict.UNUSABLE: "?",
}

# What stands in a command for the case and the debugger mode, so that a platform has one command for all.
CASE, MODE = "@CASE@", "@MODE@"


def page_data(
    results: list[Result], chapters: list[Chapter], command: Command, site: Collection[str] = ()
) -> dict[str, Any]:
    """What is in the page. Texts, comparisons and outcomes stand there once, and are numbers elsewhere.

    `site` has the addresses of a question's page where there is one.
    """
    logs = PageLogs()
    columns = columns_of(results)
    cases = sorted({result.case for result in results})
    rows = merged_rows(results, lambda result: (result.verdict, result.judgement.bugs))
    names = list(dict.fromkeys(row.name for row in rows))
    asked = questions(names)
    families = {question["name"]: question["family"] for question in asked}
    rows.sort(key=lambda row: (not families[row.name], families[row.name]))  # what is not in this catalogue comes last
    verdicts = list(Verdict)
    bugs = {chapter.name: number for number, chapter in enumerate(chapters)}
    runs = {run: shown(run) for run in {result.run for result in results} if run}
    outcomes: dict[str, int] = {}
    cells = {column: [-1] * len(cases) for column in columns}
    place = {case: number for number, case in enumerate(cases)}
    for result in sorted(results, key=lambda result: result.verdict.green):  # where there is not room for all logs
        outcome = compact(_outcome(result, verdicts, bugs, logs, runs))
        number = outcomes.setdefault(outcome, len(outcomes))
        cells[result.platform, result.debugger][place[result.case]] = number
    return {
        "verdicts": [
            [verdict.value, LETTERS[verdict], fate(verdict), MEANINGS[verdict].text, MEANINGS[verdict].then]
            for verdict in verdicts
        ],
        "gravity": [verdicts.index(verdict) for verdict in reversed(GRAVITY)],
        "columns": columns,
        "commands": {platform: command(platform, CASE, MODE) for platform, _ in columns},
        "bugs": [[chapter.name, chapter.title] for chapter in chapters],
        "questions": asked,
        "pages": [names.index(name) for name in names if question_page(name) in site],
        "cases": cases,
        "rows": [[names.index(row.name), row.label, [place[case] for case in row.cases]] for row in rows],
        "outcomes": [json.loads(outcome) for outcome in outcomes],
        "cells": [cells[column] for column in columns],
        "comparisons": logs.comparisons,
        "texts": logs.texts,
    }


def bug_page(name: str) -> str:
    """Where the page of a known bug is in a site."""
    return f"bugs/{name}.html"


def question_page(name: str) -> str:
    """Where the page of a case is in a site."""
    return f"questions/{name}.html"


def compact(value: Any) -> str:
    """JSON in as few characters as it takes, and in none that ends a script or is not printable."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _outcome(
    result: Result, verdicts: list[Verdict], bugs: dict[str, int], logs: PageLogs, runs: dict[Path, str]
) -> dict[str, Any]:
    """A result without its case and column; the logs by PageLogs, the folder as `runs` spell it."""
    judged = result.judgement
    words = {
        "reason": [logs.text(result.reason)] if result.reason else [],
        "remarks": logs.lines(judged.remarks),
        "bugs": [bugs[bug.name] for bug in judged.bugs],
        "nearest": [bugs[name] for name in judged.nearest.bugs] if judged.nearest else [],
        "run": [logs.text(runs[result.run])] if result.run else [],
    }
    found = {name: value for name, value in words.items() if value}
    return {"verdict": verdicts.index(result.verdict)} | found | logs.of(result)
