# SPDX-License-Identifier: BSD-2-Clause
"""A log from a real CPU as a witness: noted where it agrees, shown where it does not, refused where it is none."""

import pytest

from harness.blessing.hardware import take_witness
from harness.catalogue.log_file import GUEST, read_seen
from harness.system.errors import WrongQuestion

REQUIRED = """; why

begin a@kernel32,user32
#DB cpu=0 rip=after dr6=ffff4ff0 dr7=00000400 flags=- stack=0
end a
seen tcg 7.2.22 max
"""
CPU = "cpu vendor=GenuineIntel family=6 model=151 stepping=2"


def captured(tmp_path, cpu=CPU, dr6="ffff4ff0"):
    lines = [
        "trapline 1 mode=kernel32 cpus=1 cases=4",
        cpu,
        "begin a@kernel32",
        f"#DB cpu=0 rip=after dr6={dr6} dr7=00000400 flags=- cs=kernel stack=0",
        "end a@kernel32",
        "begin a@user32",
        "needs cpus=2",
        "end a@user32",
        "begin b@kernel32",
        "end b@kernel32",
        "begin a@vm86",
    ]
    path = tmp_path / "laptop.log"
    path.write_text("\n".join([*lines, ""]))
    (tmp_path / "a.log").write_text(REQUIRED)
    return str(path)


def test_what_it_agrees_with_says_so(tmp_path, capsys):
    for _ in range(2):
        assert take_witness(captured(tmp_path), tmp_path) == 0
        assert (tmp_path / "a.log").read_text() == REQUIRED.replace(
            "seen tcg", "seen hardware GenuineIntel 6.151.2: kernel32\nseen tcg"
        )
    assert "1 blocks are as required, and say so now; 0 are not" in capsys.readouterr().out


def test_what_it_says_otherwise_is_shown_and_changes_nothing(tmp_path, capsys):
    assert take_witness(captured(tmp_path, dr6="ffff0ff0"), tmp_path) == 1
    assert (tmp_path / "a.log").read_text() == REQUIRED
    assert "[[dr6=ffff0ff0]]" in capsys.readouterr().out


def test_a_vendor_s_own_log_is_the_one(tmp_path):
    log = captured(tmp_path)
    (tmp_path / "a.intel.log").write_text(REQUIRED)
    assert take_witness(log, tmp_path) == 0
    assert (tmp_path / "a.log").read_text() == REQUIRED
    assert "hardware GenuineIntel 6.151.2" in read_seen(tmp_path / "a.intel.log")[GUEST, "a@kernel32"]


@pytest.mark.parametrize(
    "cpu, words", [(f"{CPU} hypervisor=KVMKVMKVM", "below KVMKVMKVM"), ("cpu vendor=GenuineIntel", "is not whole")]
)
def test_what_is_no_bare_machine_is_no_witness(tmp_path, cpu, words):
    with pytest.raises(WrongQuestion, match=words):
        take_witness(captured(tmp_path, cpu), tmp_path)
    assert (tmp_path / "a.log").read_text() == REQUIRED


def test_a_log_of_something_else(tmp_path):
    (tmp_path / "other.log").write_text("Linux version 6.1\n")
    with pytest.raises(WrongQuestion, match="holds no log of this guest"):
        take_witness(str(tmp_path / "other.log"), tmp_path)
