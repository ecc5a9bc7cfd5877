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
rule #DB rip=before|after x1: stack=4|6 !error

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
    assert len(rules_of(path)) == 4
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
    rules = [rule for rule in rules_of(path) if not rule.count]
    (found,) = objections(rules, [line], mode)
    assert words in found


@pytest.mark.parametrize(
    "places, words", [([], "there are 0 lines, not 1"), (["after", "before"], "there are 2 lines")]
)
def test_how_many_lines_there_are(path, places, words):
    lines = [f"#DB rip={place} dr6=ffff4ff0 flags=TF cs=kernel stack=4" for place in places]
    assert words in objections(rules_of(path), lines, "kernel32")[-1]


def test_a_log_with_nothing_in_it_breaks_them(path):
    """Whoever loses the event that is asked for writes nothing, which no rule of a line could be against."""
    rules = [rule for rule in rules_of(path) if not rule.count]
    assert objections(rules, [], "kernel32") == ["there is no line in it: a case that answers nothing asks nothing"]


@pytest.mark.parametrize("change", [("stack=4", "stack=8"), ("stack=4", "error=0000 stack=4")])
def test_a_value_of_several_and_a_field_that_is_not_there(path, change):
    line = "#DB rip=after dr6=ffff4ff0 flags=TF cs=kernel stack=4".replace(*change)
    (found,) = objections(rules_of(path), [line], "kernel32")
    assert "is against 'rule #DB rip=before|after x1: stack=4|6 !error'" in found


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
