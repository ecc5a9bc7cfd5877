# SPDX-License-Identifier: BSD-2-Clause
"""The catalogue: every case on every platform in every debugger mode that is asked for, a test for each VM's share.

JSON= and JUNIT= have each case for itself (conftest.py).
"""

import io

import pytest
from rich.console import Console

from harness.problems import find_problems
from harness.report import print_problem
from harness.tests.conftest import CELLS


def test_cases(image: str, platform: str, debugger: str, shares, request) -> None:
    asked, results = shares.run(image, platform, debugger)
    request.node.user_properties.append((CELLS, [cell(result) for result in results]))
    assert [result.case for result in results] == asked, "there is not one result for each case"
    others = find_problems(results).others
    if others:
        pytest.fail("\n".join(map(described, others)), pytrace=False)


def cell(result) -> dict:
    """The result as JSON= has it, and what a report says of it."""
    return result.as_json() | {"words": "" if result.verdict.green else described([result])}


def described(alike: list) -> str:
    console = Console(file=io.StringIO(), soft_wrap=True, highlight=False)
    print_problem(console, alike)
    return console.file.getvalue()
