# SPDX-License-Identifier: BSD-2-Clause
"""Reading required logs, right ones and broken ones."""

import pytest

from harness.errors import WrongQuestion
from harness.required import RequiredLogs, read_blocks

GOOD = "; why\n\nbegin a@kernel32\n#DB rip=after\nend a@kernel32\n\nbegin a@kernel64\nend a@kernel64\n"


def test_blocks_by_mode(tmp_path):
    path = tmp_path / "a.log"
    path.write_text(GOOD)
    assert read_blocks(path) == {"a@kernel32": ["#DB rip=after"], "a@kernel64": []}


def test_the_vendor_s_own_log_goes_first(tmp_path):
    (tmp_path / "a.log").write_text(GOOD)
    (tmp_path / "a.amd.log").write_text(GOOD.replace("after", "before"))
    logs = RequiredLogs(tmp_path)
    assert logs.lines("a@kernel32", "AuthenticAMD") == ["#DB rip=before"]
    assert logs.lines("a@kernel32", "GenuineIntel") == ["#DB rip=after"]
    assert logs.lines("a@kernel32", "SomebodyElse") == ["#DB rip=after"]
    assert logs.lines("a@user32", "GenuineIntel") is None
    assert logs.lines("b@kernel32", "GenuineIntel") is None


@pytest.mark.parametrize(
    "text",
    [
        "#DB rip=after\n",
        "begin a@kernel32\n",
        "begin a@kernel32\nend a@kernel64\n",
        "begin a@kernel32\nend a@kernel32\nbegin a@kernel32\nend a@kernel32\n",
        "begin\n",
    ],
)
def test_broken_logs_are_refused_with_their_name(tmp_path, text):
    path = tmp_path / "a.log"
    path.write_text(text)
    with pytest.raises(WrongQuestion, match="a.log"):
        read_blocks(path)
