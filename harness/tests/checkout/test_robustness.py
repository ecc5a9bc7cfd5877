# SPDX-License-Identifier: BSD-2-Clause
"""docs/robustness.md says what the tests of faults do, and what holds for all of them is held."""

import re
import subprocess
import sys
import time

import pytest

from harness.tests import faults

ENOUGH = 120


def test_the_page_is_what_the_tests_say(pytestconfig):
    """Of the files that were collected: where a part of the tests runs, of that part."""
    text = faults.PAGE.read_text(encoding="utf-8")
    rows = pytestconfig.stash[faults.ROWS]
    collected = {_file(row.test) for row in rows}
    lines = {line for line in faults.page(rows).splitlines() if line.startswith("| ") and "`" in line}
    there = [line for line in text.splitlines() if line.startswith("| ") and "`" in line]
    assert {line for line in there if _file(line) in collected} == lines, "run python3 -m harness.tests.faults"
    assert f"\n{len(there)} faults.\n" in text and len(there) >= ENOUGH
    assert text.startswith(faults.INTRODUCTION)


def _file(row: str) -> str:
    return re.findall(r"`([\w/]+\.py)::", row)[-1]


def test_what_takes_too_long_is_stopped():
    with pytest.raises(pytest.fail.Exception, match="it takes longer than 0.05 s"), faults.held(0.05):
        time.sleep(60)


def test_what_is_left_is_found(monkeypatch):
    monkeypatch.setattr(faults, "DYING", 0.05)
    with pytest.raises(AssertionError, match="left behind: .*sleep"):
        with faults.held(60):
            left = subprocess.Popen(["sleep", "60"])
    left.kill()
    left.wait()


def test_a_traceback_is_found():
    with pytest.raises(AssertionError, match="ZeroDivisionError"), faults.held(60):
        subprocess.run([sys.executable, "-S", "-c", "1 / 0"], capture_output=True, check=False)


@pytest.mark.parametrize("said, loses", [("", True), (": 1 of 2 results are missing", False)])
def test_a_result_that_is_lost_is_found(tmp_path, said, loses):
    (tmp_path / "out").write_text('[{"case": "a", "mode": "m", "debugger": "detached"}]')
    command = ["sh", "-c", f"echo '2 results, about 1 s{said}'", "sh", f"--json={tmp_path}/out"]
    try:
        with faults.held(60):
            subprocess.run(command, capture_output=True, check=False)
    except AssertionError:
        assert loses
    else:
        assert not loses
