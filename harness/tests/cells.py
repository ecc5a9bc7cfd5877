# SPDX-License-Identifier: BSD-2-Clause
"""What a test of one VM's share hands on of each of its cases, for JSON= and JUNIT= (conftest.py)."""

import pytest

from harness.judging.result import Result
from harness.report.terminal import described

CELLS = "cells"  # the property of a test that has it


def cell(result: Result) -> dict:
    """The result as JSON= has it, and what a report says of it."""
    return result.as_json() | {"words": "" if result.verdict.green else described([result])}


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
