# SPDX-License-Identifier: BSD-2-Clause
"""What a test of one VM's share hands on of each of its cases, for JSON= and JUNIT= (conftest.py)."""

import re

import pytest

from harness.judging.result import REST, Judgement, Result, Verdict
from harness.report.terminal import described

CELLS = "cells"  # the property of a test that has it


def cell(result: Result) -> dict:
    """The result as JSON= has it, and what a report says of it."""
    return result.as_json() | {"words": "" if result.verdict.green else described([result])}


def lost_cell(test: str) -> list[dict]:
    """A row for what is lost of a VM's share where the worker dies that runs it; none where the test is another one."""
    if share := re.search(r"::test_cases\[(\w+)-(.+)-(\w+)\]$", test):
        image, platform, debugger = share.groups()
        words = f"{image}'s cases: the test's worker has died"
        return [Result(REST, platform, debugger, Judgement(Verdict.CUT, words)).as_json()]
    return []


def case_report(share: pytest.TestReport, cell: dict, words: str, when: str) -> pytest.TestReport:
    """One case's result as pytest reports a test."""
    name = f"{cell['case']}@{cell['mode']}-{cell['platform']}-{cell['debugger']}"
    failed = words and when == "call"
    return pytest.TestReport(
        nodeid=f"{share.nodeid.partition('::')[0]}::test_case[{name}]",
        location=share.location,
        keywords={},
        outcome="failed" if failed else "passed",
        longrepr=words if failed else None,
        when=when,
        duration=cell["seconds"] if when == "call" else 0.0,
        user_properties=list(cell.items()) if when == "teardown" else [],
        start=share.start if hasattr(share, "start") else 0.0,
        stop=share.stop if hasattr(share, "stop") else 0.0,
    )
