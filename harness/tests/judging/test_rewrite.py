# SPDX-License-Identifier: BSD-2-Clause
"""What bugs' rewrites make of logs: by lines and words, never by a piece of one."""

import pytest

from harness.judging.rewrite import Rewrite, alike
from harness.tests.faults import fault

STEP = "#DB cpu=0 rip=end dr6=ffff4ff0 dr7=00000400 flags=TF,RF stack=0"
LATER = "#DB cpu=0 rip=end_of_it dr6=ffff4ff1 dr7=00000400 flags=- stack=0"
FAULT = "#GP cpu=0 rip=end error=001a dr6=ffff0ff0 dr7=00000400 flags=RF stack=0"
NOTE = "note cx=00000001"
LOG = [STEP, NOTE, LATER, FAULT]


def rewritten(old: str, new: str) -> list[str]:
    """The lines of LOG that become others, and those that are new."""
    return [line for line in Rewrite.read(old, new).of(LOG) if line not in LOG]


@pytest.mark.parametrize(
    "old, new, lines",
    [
        ("rip=end dr6=ffff4ff0", "rip=end dr6=ffff0ff0", [STEP.replace("ffff4", "ffff0")]),
        ("#GP rip=end", "#UD rip=end", [FAULT.replace("#GP", "#UD")]),
        ("#GP error=001a", "#GP", [FAULT.replace(" error=001a", "")]),
        ("#DB rip=end", "#DB rip=end more=1", [f"{STEP} more=1"]),
        ("dr6.BS=1", "dr6.BS=0", [STEP.replace("ffff4", "ffff0"), LATER.replace("ffff4", "ffff0")]),
        ("dr6.B0=1", "dr6.B0=0", [LATER.replace("ffff4ff1", "ffff4ff0")]),
        ("#* flags.RF=1", "#* flags.RF=0", [STEP.replace("TF,RF", "TF"), FAULT.replace("=RF", "=-")]),
        ("flags.TF=0", "flags.TF=1", [LATER.replace("=-", "=TF"), FAULT.replace("=RF", "=TF,RF")]),
        ("note *=00000001", "note *=00000002", ["note cx=00000002"]),
        (f"{STEP}\n{NOTE}", f"{STEP}\nnote cx=00000003\n{NOTE}", ["note cx=00000003"]),
        ("#GP rip=end", "note x=1\n#GP rip=end", ["note x=1"]),
        ("", "note x=1\nnote x=2", ["note x=1", "note x=2"]),
    ],
)
def test_words_take_the_place_of_others(old, new, lines):
    assert rewritten(old, new) == lines


@pytest.mark.parametrize("old", ["rip=en", "x=00000001", "dr6=ffff4ff", "flags=TF", "GP", f"{NOTE}\n{STEP}"])
def test_a_piece_of_a_word_or_another_order_is_nothing(old):
    assert Rewrite.read(old, "").of(LOG) == LOG


def test_lines_that_are_gone():
    assert Rewrite.read("#DB", "").of(LOG) == [NOTE, FAULT]
    assert Rewrite.read(f"{NOTE}\n#DB rip=end_of_it", "#DB rip=end_of_it").of(LOG) == [STEP, LATER, FAULT]


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("", "", "at least one word"),
        ("rip=end", "rip=end flags.RF=1", "stands on both sides"),
        (" shadow=1", "", "one blank"),
        ("dr6=ffff4ff0 ", "dr6=ffff0ff0", "one blank"),
        ("dr6.XX=1", "dr6.XX=0", "dr6.XX=1': a bit of dr6 or flags"),
        ("flags.RF", "flags.TF", "is 0 or 1"),
    ],
)
def test_a_broken_one_is_refused(old, new, words):
    with pytest.raises(ValueError, match=words):
        Rewrite.read(old, new)


def test_lines_of_several_kinds_are_met_only_by_who_says_so():
    assert not Rewrite.read("flags.RF=1", "flags.RF=0").is_meant_for([STEP, FAULT])
    assert Rewrite.read("#* flags.RF=1", "#* flags.RF=0").is_meant_for([STEP, FAULT])
    assert Rewrite.read("flags.RF=1", "flags.RF=0").is_meant_for([STEP])


@pytest.mark.parametrize(
    "seen, same",
    [
        ("rip=0", True),
        ("rip=0123456789abcdef", True),
        ("rip=0123456789abcdef0", False),
        ("rip=", False),
        ("rip=x", False),
    ],
)
def test_a_star_is_a_number(seen, same):
    assert bool(alike(["rip=*"], [seen])) is same


@fault("file", "a bug with many stars beside one another, and a log with a long number", "it is not the bug's")
def test_many_stars_are_one():
    assert alike([f"rip={'*' * 30}"], ["rip=0"])
    assert not alike([f"rip={'*' * 30}"], [f"rip={'a' * 900}x"])
