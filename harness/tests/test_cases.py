# SPDX-License-Identifier: BSD-2-Clause
"""The catalogue: every case on every platform in every debugger mode that the knobs ask for."""

import io

import pytest
from rich.console import Console

from harness.report import print_problem


def test_case(case: str, platform: str, debugger: str, verdicts, record_property) -> None:
    result = verdicts.of(case, platform, debugger)
    for key, value in result.as_json().items():
        record_property(key, value)
    if not result.verdict.green:
        console = Console(file=io.StringIO(), soft_wrap=True, highlight=False)
        print_problem(console, [result])
        pytest.fail(console.file.getvalue(), pytrace=False)
