# SPDX-License-Identifier: BSD-2-Clause
"""Reading required logs, right ones and broken ones."""

import os

import pytest

from harness.catalogue.code import Instruction
from harness.catalogue.log_file import GUEST, ORDER, STEPS, read_blocks
from harness.catalogue.modes import in_any_mode, in_mode
from harness.catalogue.required import RequiredLogs
from harness.system.errors import WrongQuestion
from harness.tests.faults import fault

GOOD = """; why

begin a@kernel32
#DB rip=after
end a

steps a@kernel32
start +1
end
end a

begin a@kernel64
end a
"""


def test_blocks_by_mode(tmp_path):
    path = tmp_path / "a.log"
    path.write_text(GOOD)
    assert read_blocks(path) == {
        (GUEST, "a@kernel32"): ["#DB rip=after"],
        (STEPS, "a@kernel32"): ["start +1", "end"],
        (GUEST, "a@kernel64"): [],
    }


def test_a_block_of_several_modes_leaves_out_what_follows_from_the_mode(tmp_path):
    path = tmp_path / "a.log"
    path.write_text(
        """\
begin a@kernel64,compat32,vm86,real16
#DB cpu=0 flags=TF,RF stack=0
#GP cpu=0 error=0000 flags=- stack=0
#UD cpu=0 flags=- cs=kernel stack=0
note flags=-
end a
"""
    )
    assert {case: lines for (_, case), lines in read_blocks(path).items()} == {
        f"a@{mode}": [
            f"#DB cpu=0 flags={stepped} cs={cs} stack=0",
            f"#GP cpu=0 error=0000 flags={none} cs={cs} stack=0",
            "#UD cpu=0 flags=- cs=kernel stack=0",
            "note flags=-",
        ]
        for mode, stepped, none, cs in (
            ("kernel64", "TF,RF", "-", "kernel"),
            ("compat32", "TF,RF", "-", "user32"),
            ("vm86", "TF,IOPL1,IOPL2,RF,VM", "IOPL1,IOPL2,VM", "vm86"),
            ("real16", "TF,RF", "-", "real16"),
        )
    }


@pytest.mark.parametrize("mode", ORDER)
@pytest.mark.parametrize("cs", ["kernel", "user", "user32", "vm86", "real16", "0018"])
@pytest.mark.parametrize("flags", ["-", "VM", "IOPL1,IOPL2,VM", "TF,IOPL1,IOPL2,NT,RF,VM", "!1,IF", "IOPL1,VM", "high"])
def test_what_is_left_out_of_a_line_comes_back(mode, cs, flags):
    line = f"#DB cpu=0 rip=after dr6=ffff4ff0 dr7=00000400 flags={flags} cs={cs} stack=0"
    assert in_mode(in_any_mode(line, mode), mode) == line


def test_a_block_of_the_guests_log_is_one_of_a_file(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("begin a@kernel32\n#DB flags=- cs=kernel\nend a@kernel32\n")
    assert read_blocks(path) == {(GUEST, "a@kernel32"): ["#DB flags=- cs=kernel"]}


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
    code = ((Instruction("start", "nop"), Instruction("end", "")),)
    assert logs.debugger_lines("step", "a@kernel64", "GenuineIntel", code) == ["start", "end"]
    assert logs.debugger_lines("step", "a@user64", "GenuineIntel", code) is None
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


@fault("file", "a required log that is broken", "exit status 2: its name")
@pytest.mark.parametrize(
    "text",
    [
        "#DB rip=after\n",
        "begin a@kernel32\n",
        "begin a@kernel32\nend a@kernel64\n",
        "begin a@kernel32\nend a@kernel32\nbegin a@kernel32\nend a@kernel32\n",
        "begin a@kernel32,kernel64\nend a\nbegin a@kernel64\nend a\n",
        "begin a@kernel32,kernel32\nend a\n",
        "begin a@kernel32,\nend a\n",
        "begin a@kernel32,kernel64\nend a@kernel32\n",
        "begin a@kernel32\nend b\n",
        "begin\n",
        "begin a@kernel32\n#DB cpu=0 rip=after dr6=4ff0h\nend a\n",
        "begin a@kernel32\n#DB cpu=0 rip=after dr7=\nend a\n",
        "begin a@kernel32\n#DB cpu=0 rip=after flags=TF,XF\nend a\n",
        "begin a@kernel32\n#DB cpu=0 rip=after flags=\nend a\n",
        "begin a@kernel32\n\0\xff\nend a\n",
    ],
)
def test_broken_logs_are_refused_with_their_name(tmp_path, text):
    path = tmp_path / "a.log"
    path.write_text(text)
    with pytest.raises(WrongQuestion, match="a.log"):
        read_blocks(path)


@fault("file", "a required log that is no file", "exit status 2: {words}")
@pytest.mark.skipif(os.name != "posix", reason="there are no such files here")
@pytest.mark.parametrize("name", ["a.log", "a.intel.log", "a.gdb.log", "a.toml"])
@pytest.mark.parametrize(
    "make, words",
    [
        (os.mkdir, "Is a directory"),
        (os.mkfifo, "Is a pipe"),
        (lambda path: os.symlink("/dev/zero", path), "Is a device"),
    ],
)
def test_what_is_no_file_is_refused_with_its_name(tmp_path, name, make, words):
    make(tmp_path / name)
    with pytest.raises(WrongQuestion, match=f"{name}: {words}, not a file"):
        RequiredLogs(tmp_path).read(["a@kernel32"])
