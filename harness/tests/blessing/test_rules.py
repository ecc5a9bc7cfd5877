# SPDX-License-Identifier: BSD-2-Clause
"""Rules of a required log: read, kept, broken, and refused where nothing can be meant."""

import pytest

from harness.blessing.rules import objections, rules_of
from harness.catalogue.log_file import GUEST, read_blocks
from harness.system.errors import WrongQuestion

LOG = """; why
rule #DB: dr6.BS=1 flags.RF=0
; in some modes
rule@vm86,real16 #DB rip=after: stack=6
rule note cx=00000003: note

begin a@kernel32
#DB rip=after dr6=ffff4ff0 flags=TF stack=4
end a

begin a@vm86
#DB rip=after dr6=ffff4ff0 flags=TF stack=6
end a
"""


@pytest.fixture
def path(tmp_path):
    (tmp_path / "a.log").write_text(LOG)
    return tmp_path / "a.log"


def test_a_log_may_have_rules(path):
    assert len(rules_of(path)) == 3
    for (word, case), lines in read_blocks(path).items():
        assert word == GUEST and objections(rules_of(path), lines, case.partition("@")[2]) == []


@pytest.mark.parametrize(
    "mode, line, words",
    [
        (
            "kernel32",
            "#DB rip=after dr6=ffff0ff0 flags=TF cs=kernel stack=4",
            "is against 'rule #DB: dr6.BS=1 flags.RF=0'",
        ),
        ("kernel32", "#DB rip=after dr6=ffff4ff0 flags=TF,RF cs=kernel stack=4", "is against 'rule #DB: "),
        ("vm86", "#DB rip=after dr6=ffff4ff0 flags=TF,IOPL1,IOPL2,VM cs=vm86 stack=4", "is against 'rule@vm86,real16 "),
        ("kernel32", "#UD rip=after dr6=ffff0ff0 flags=RF cs=kernel stack=4", "no rule speaks of '#UD rip=after "),
        ("kernel32", "note cx=00000004", "no rule speaks of 'note cx=00000004'"),
    ],
)
def test_what_they_have_against_a_line(path, mode, line, words):
    (found,) = objections(rules_of(path), [line], mode)
    assert words in found


def test_no_file_has_no_rules(tmp_path):
    assert rules_of(tmp_path / "none.log") == []


@pytest.mark.parametrize(
    "rule, words",
    [
        ("rule #DB dr6.BS=1", "a rule reads 'rule"),
        ("rule #DB:dr6.BS=1", "a rule reads 'rule"),
        ("rule@ #DB: dr6.BS=1", "a rule reads 'rule"),
        ("rule #DB: dr6.BZ=1", "a bit of dr6 or flags is 0 or 1"),
        ("rule #DB: dr6.BS=2", "a bit of dr6 or flags is 0 or 1"),
        ("rule #DB:  dr6.BS=1", "between words is one blank"),
    ],
)
def test_what_is_no_rule(path, rule, words):
    path.write_text(LOG.replace("rule #DB: dr6.BS=1 flags.RF=0", rule))
    with pytest.raises(WrongQuestion, match=f"a.log:2: .*{words}"):
        rules_of(path)
