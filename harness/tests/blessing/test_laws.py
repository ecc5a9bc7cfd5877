# SPDX-License-Identifier: BSD-2-Clause
"""The laws, each kept and each broken."""

import pytest

from harness.blessing.laws import breaches

KEPT = [
    ("kernel32", "#UD cpu=0 rip=ud2 dr6=ffff0ff0 dr7=00000400 flags=RF cs=kernel stack=0"),
    ("real16", "#UD cpu=0 rip=ud2 dr6=ffff0ff0 dr7=00000400 flags=- cs=real16 stack=0"),
    ("real16", "#GP cpu=0 rip=int3 dr6=ffff0ff0 dr7=00000400 flags=- cs=real16 stack=0"),
    ("user64", "#GP cpu=0 rip=int3 error=001a dr6=ffff0ff0 dr7=00000400 flags=RF cs=user stack=0"),
    ("kernel64", "#DB cpu=0 rip=rep_lods dr6=ffff4ff0 dr7=00000400 flags=TF,RF cs=kernel stack=0"),
    ("kernel64", "#DB cpu=0 rip=after dr6=ffffeff1 dr7=d7130755 flags=TF cs=kernel stack=0"),
    ("kernel64", "exit=#PF cpu=0 rip=read error=0002 dr6=ffff0ff0 dr7=00000400 flags=RF cs=kernel stack=0"),
    ("kernel64", "exit=CPUID cpu=0 rip=cpuid dr6=ffff0ff0 dr7=00000000 flags=- cs=kernel stack=0"),
    ("kernel64", "#DB cpu=0 rip=after dr6=ffff07f0 dr7=00000400 flags=- cs=kernel stack=0"),
    ("kernel64", "note rip=17 flags=RF"),
    ("kernel64", "#DB cpu=0 rip=begin dr6=fffe0ff0 dr7=00000c00 flags=- cs=kernel stack=0"),
]
BROKEN = [
    (0, "flags=RF", "flags=-", "a fault saves RF set"),
    (1, "cs=real16", "cs=kernel", "a fault saves RF set"),
    (2, "rip=int3", "rip=int3 error=001a", "#GP has no error code"),
    (3, " error=001a", "", "#GP has an error code"),
    (0, "rip=ud2", "rip=ud2 error=0000", "#UD has no error code"),
    (4, "rip=rep_lods", "rip=after", "RF is saved set by faults"),
    (5, "flags=TF", "flags=RF", "RF is saved set by faults"),
    (5, "dr6=ffffeff1", "dr6=fffffff1", "a reserved bit of DR6"),
    (5, "dr6=ffffeff1", "dr6=ffffefe1", "a reserved bit of DR6"),
    (5, "dr7=d7130755", "dr7=d7130355", "a reserved bit of DR7"),
    (5, "dr7=d7130755", "dr7=d7134755", "a reserved bit of DR7"),
    (0, "dr6=ffff0ff0", "dr6=ffff07f0", "a reserved bit of DR6"),
    (6, " error=0002", "", "#PF has an error code"),
    (10, "dr7=00000c00", "dr7=00000400", "a reserved bit of DR7"),
    (10, "dr6=fffe0ff0", "dr6=ffff0ff0", "a reserved bit of DR7"),
    (0, "dr6=ffff0ff0", "dr6=fffe0ff0", "a reserved bit of DR6"),
]


@pytest.mark.parametrize("mode, line", KEPT)
def test_what_keeps_them(mode, line):
    assert breaches([line], mode, {"rep_lods"}) == []


@pytest.mark.parametrize("number, old, new, words", BROKEN)
def test_what_breaks_one(number, old, new, words):
    mode, line = KEPT[number]
    assert old in line
    (found,) = breaches([line.replace(old, new)], mode, {"rep_lods"})
    assert words in found
