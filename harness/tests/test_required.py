# SPDX-License-Identifier: BSD-2-Clause
"""Reading required logs, right ones and broken ones."""

import pytest

from harness.catalogue.required import GUEST, STEPS, RequiredLogs, read_blocks
from harness.system.errors import WrongQuestion

GOOD = """; why

begin a@kernel32
#DB rip=after
end a@kernel32

steps a@kernel32
start +1
end
end a@kernel32

begin a@kernel64
end a@kernel64
"""


def test_blocks_by_mode(tmp_path):
    path = tmp_path / "a.log"
    path.write_text(GOOD)
    assert read_blocks(path) == {
        (GUEST, "a@kernel32"): ["#DB rip=after"],
        (STEPS, "a@kernel32"): ["start +1", "end"],
        (GUEST, "a@kernel64"): [],
    }


def test_the_vendor_s_own_log_goes_first(tmp_path):
    (tmp_path / "a.log").write_text(GOOD)
    (tmp_path / "a.amd.log").write_text(GOOD.replace("after", "before"))
    logs = RequiredLogs(tmp_path)
    assert logs.lines("a@kernel32", "AuthenticAMD") == ["#DB rip=before"]
    assert logs.lines("a@kernel32", "GenuineIntel") == ["#DB rip=after"]
    assert logs.lines("a@kernel32", "SomebodyElse") == ["#DB rip=after"]
    assert logs.lines("a@user32", "GenuineIntel") is None
    assert logs.lines("b@kernel32", "GenuineIntel") is None


def test_what_a_debugger_must_see(tmp_path):
    (tmp_path / "a.log").write_text(GOOD)
    logs = RequiredLogs(tmp_path)
    assert logs.debugger_lines("step", "a@kernel32", "GenuineIntel") == ["start +1", "end"]
    assert logs.debugger_lines("step", "a@kernel64", "GenuineIntel") is None
    assert logs.debugger_lines("hbreak", "a@kernel64", "GenuineIntel") == []


def test_a_broken_file_is_known_when_its_case_is_asked_for(tmp_path):
    for name in ("b.log", "b.amd.log", "b.gdb.log", "b.toml"):
        (tmp_path / "a.log").write_text(GOOD)
        (tmp_path / name).write_text("broken")
        logs = RequiredLogs(tmp_path)
        logs.read(["a@kernel32", "a@kernel64", "c@kernel32"])
        assert logs.lines("a@kernel32", "AuthenticAMD") == ["#DB rip=after"]
        with pytest.raises(WrongQuestion, match=name):
            logs.read(["b@kernel32"])
        with pytest.raises(WrongQuestion, match=name):
            logs.cases()
        (tmp_path / name).unlink()


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
