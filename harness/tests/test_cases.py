# SPDX-License-Identifier: BSD-2-Clause
"""The catalogue: every case on every platform in every debugger mode that is asked for, a test for each VM's share.

JSON= and JUNIT= have each case for itself (conftest.py).
"""

import pytest

from harness.report.problems import find_problems
from harness.tests.cells import CELLS, cell, described


def test_cases(image: str, platform: str, debugger: str, shares, request) -> None:
    asked, results = shares.run(image, platform, debugger)
    request.node.user_properties.append((CELLS, [cell(result) for result in results]))
    assert [result.case for result in results] == asked, "there is not one result for each case"
    others = find_problems(results).others
    if others:
        pytest.fail("\n".join(map(described, others)), pytrace=False)
