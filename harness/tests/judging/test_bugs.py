# SPDX-License-Identifier: BSD-2-Clause
"""Known bugs: what they turn a result into."""

import re
from dataclasses import replace

import pytest

from harness.catalogue.image import read_images
from harness.catalogue.required import RequiredLogs
from harness.judging.bugs import as_list, matches, read_bug
from harness.judging.endless import stretched
from harness.judging.explain import explained, foretold, unmatched
from harness.judging.result import Judgement, Result, Verdict
from harness.system.places import CASES, ROOT
from harness.tests.known_bugs import BUGS
from harness.tests.judging.samples import (
    CRASH,
    DEATH,
    ENDLESS,
    FACTS,
    LOSS,
    RACE,
    REQUIRED,
    REWRITE,
    WANT,
    WRONG,
    classified,
    step,
)


def test_seen_exactly_as_recorded_is_known(bug):
    assert classified(step(Verdict.DIFFERS, WRONG), FACTS, bug(REWRITE)) == (Verdict.KNOWN, "bug-1")


def test_anything_more_is_a_difference(bug):
    for seen in (WRONG + ["note y=1"], WRONG[:1], ["#DB dr6=00004001", "note x=1"]):
        assert classified(step(Verdict.DIFFERS, seen), FACTS, bug(REWRITE)) == (Verdict.DIFFERS, "")


def test_another_fault_on_top_is_told_beside_what_the_bug_foretells(bug):
    result = step(Verdict.DIFFERS, ["#DB dr6=00004000", "note x=2"])
    result = replace(result, judgement=explained(result, FACTS, [bug(REWRITE)]))
    assert (result.verdict, result.judgement.bug) == (Verdict.DIFFERS, "")
    assert result.reason == "as bug-1, but also x=2 instead of x=1"
    assert (result.beside, result.beside_title) == ((WRONG, []), "as bug-1")


def test_on_top_of_an_asterisk_the_number_seen_is_no_difference(bug):
    result = step(Verdict.DIFFERS, ["#DB dr6=00001234", "note x=2"])
    judgement = explained(result, FACTS, [bug(REWRITE.replace('"dr6=00004000"', '"dr6=*"'))])
    assert judgement.reason == "as bug-1, but also x=2 instead of x=1"


def test_a_stop_too_many_is_told_beside_what_the_bug_foretells(bug):
    result = replace(step(Verdict.DIFFERS, WRONG), debugger_seen=["stop elsewhere"])
    assert explained(result, FACTS, [bug(REWRITE)]).reason == "as bug-1, but also one line too many: stop elsewhere"


@pytest.mark.parametrize("seen", [["#DB dr6=ffff4ff0", "note x=2"], ["#UD dr6=ffff0ff0", "note x=1"]])
def test_a_bug_that_explains_nothing_of_it_is_not_mentioned(bug, seen):
    before = Judgement(Verdict.DIFFERS, "as before")
    result = replace(step(Verdict.DIFFERS, seen), judgement=before)
    assert explained(result, FACTS, [bug(REWRITE)]) is before
    assert result.beside == (REQUIRED, [])


def test_an_asterisk_is_a_number_and_nothing_else(bug):
    some_value = bug(REWRITE.replace('"dr6=00004000"', '"dr6=*"'))
    assert classified(step(Verdict.DIFFERS, WRONG), FACTS, some_value) == (Verdict.KNOWN, "bug-1")
    for seen in (["#DB dr6=#GP", WRONG[1]], ["#DB dr6=", WRONG[1]], [f"{WRONG[0]} x=1", WRONG[1]], WRONG[:1]):
        assert classified(step(Verdict.DIFFERS, seen), FACTS, some_value) == (Verdict.DIFFERS, "")


def test_what_time_decides_may_pass(bug):
    race = bug(RACE)
    assert classified(step(Verdict.DIFFERS, WRONG), FACTS, race) == (Verdict.KNOWN, "bug-1")
    assert classified(step(Verdict.PASS, REQUIRED), FACTS, race) == (Verdict.PASS, "")


def test_an_unexpected_stop_is_never_known(bug):
    result = replace(step(Verdict.DIFFERS, WRONG), debugger_seen=["stop elsewhere"])
    assert classified(result, FACTS, bug(REWRITE)) == (Verdict.DIFFERS, "")


def test_absent_where_it_was_recorded_is_fixed(bug):
    assert classified(step(Verdict.PASS, REQUIRED), FACTS, bug(REWRITE)) == (Verdict.FIXED, "bug-1")


@pytest.mark.parametrize(
    "facts, debugger",
    [
        (FACTS | {"qemu": "9.1.0"}, "hbreak"),
        (FACTS | {"qemu": "4.2.1"}, "hbreak"),
        (FACTS | {"accel": "kvm"}, "hbreak"),
        ({"accel": "tcg"}, "hbreak"),
        (FACTS, "detached"),
    ],
)
def test_elsewhere_it_says_nothing(bug, facts, debugger):
    assert classified(step(Verdict.DIFFERS, WRONG, debugger), facts, bug(REWRITE)) == (Verdict.DIFFERS, "")
    assert classified(step(Verdict.PASS, REQUIRED, debugger), facts, bug(REWRITE)) == (Verdict.PASS, "")


def test_one_of_several_ranges_is_enough(bug):
    some = bug(REWRITE.replace('">=5.0,<9.1"', '["<7.2.20", ">=7.2.22,<9"]'))
    for version, verdict in (("7.2.19", Verdict.KNOWN), ("7.2.21", Verdict.DIFFERS), ("8.0", Verdict.KNOWN)):
        assert classified(step(Verdict.DIFFERS, WRONG), FACTS | {"qemu": version}, some)[0] is verdict


def test_a_prediction_is_no_result(bug):
    predicted = bug(REWRITE + 'basis = "source"\n')
    assert classified(step(Verdict.DIFFERS, WRONG), FACTS, predicted) == (Verdict.DIFFERS, "")
    assert classified(step(Verdict.PASS, REQUIRED), FACTS, predicted) == (Verdict.PASS, "")


def test_a_case_that_the_rewrite_leaves_alone_is_not_concerned(bug):
    result = Result("step@kernel64", "tcg", "hbreak", Judgement(Verdict.PASS), seen=["note x=1"], required=["note x=1"])
    assert classified(result, FACTS, bug(REWRITE)) == (Verdict.PASS, "")


def test_a_crash_needs_its_words_and_its_place(bug):
    facts = {"accel": "kvm", "kernel": "6.12.107+deb13-amd64"}
    result = Result(
        "nested_step@kernel64",
        "kvm",
        "hbreak",
        Judgement(Verdict.CRASH),
        seen=["note x=1"],
        required=["note x=1", "#DB rip=a", "#BP rip=b"],
        stderr="qemu: Assertion `!env->exception_has_payload' failed.\n",
    )
    assert classified(result, facts, bug(CRASH)) == (Verdict.KNOWN, "bug-1")
    for other in (
        replace(result, stderr="Segmentation fault"),
        replace(result, seen=[]),
        replace(result, seen=["note x=2"]),
        replace(result, seen=["note x=1", "#DB rip=a"]),
    ):
        assert classified(other, facts, bug(CRASH)) == (Verdict.CRASH, "")
    assert classified(result, facts | {"kernel": "5.10.0-32-amd64"}, bug(CRASH)) == (Verdict.CRASH, "")


def test_a_want_is_known_by_its_line_alone(bug):
    def said(*lines, complete=True):
        return Result("step@kernel64", "tcg", "", Judgement(Verdict.UNUSABLE), seen=list(lines), complete=complete)

    assert classified(said("needs vme=1"), FACTS, bug(WANT)) == (Verdict.KNOWN, "bug-1")
    for other in (said("needs vme=2"), said("needs vme=1", "note x=1"), said(), said("needs vme=1", complete=False)):
        assert classified(other, FACTS, bug(WANT)) == (Verdict.UNUSABLE, "")
    stopped = replace(said("needs vme=1"), debugger_seen=["stop SIGTRAP"])
    assert classified(stopped, FACTS, bug(WANT)) == (Verdict.UNUSABLE, "")
    assert classified(step(Verdict.DIFFERS, WRONG), FACTS, bug(WANT)) == (Verdict.DIFFERS, "")
    assert classified(step(Verdict.PASS, REQUIRED), FACTS, bug(WANT)) == (Verdict.FIXED, "bug-1")


def test_a_death_that_is_required_is_the_program_s_bug(bug):
    death = bug(DEATH)
    assert classified(step(Verdict.PASS, REQUIRED), FACTS, death) == (Verdict.KNOWN, "bug-1")
    assert classified(step(Verdict.PASS, REQUIRED), FACTS | {"accel": "kvm"}, death) == (Verdict.PASS, "")
    assert classified(step(Verdict.DIFFERS, WRONG), FACTS, death) == (Verdict.DIFFERS, "")
    lives = Result("step@kernel64", "tcg", "hbreak", Judgement(Verdict.PASS), seen=["note x=1"], required=["note x=1"])
    assert classified(lives, FACTS, death) == (Verdict.PASS, "")


@pytest.mark.parametrize(
    "seen, verdict",
    [(["note x=1"], Verdict.KNOWN), ([], Verdict.DIFFERS), (WRONG, Verdict.DIFFERS), (["note x=2"], Verdict.DIFFERS)],
)
def test_lost_lines(bug, seen, verdict):
    assert explained(step(Verdict.DIFFERS, seen), FACTS, [bug(LOSS)]).verdict is verdict


SHUTDOWN = """
title = "a reset"
reports = []
case = "step"
[[seen]]
accel = "tcg"
verdict = "reset"
ends_at = "note"
"""


def test_a_reset_is_the_last_line_that_is_seen(bug):
    """As a required log has it (docs/log.md)."""
    seen = [*REQUIRED[:1], "reset"]
    assert REQUIRED[1].startswith("note")
    assert classified(step(Verdict.RESET, seen), FACTS, bug(SHUTDOWN)) == (Verdict.KNOWN, "bug-1")
    for other in (["reset"], [*REQUIRED, "reset"], ["#BP", "reset"]):
        assert classified(step(Verdict.RESET, other), FACTS, bug(SHUTDOWN)) == (Verdict.RESET, "")


PREDICTED = 'exactly what bugs/bug-1.toml predicts from source: its basis can be "observed" now'
REFUTED = "bugs/bug-1.toml predicts from source that this does not pass, and it does"


@pytest.mark.parametrize(
    "text, result, facts, words",
    [
        (REWRITE, step(Verdict.DIFFERS, WRONG), FACTS, [PREDICTED]),
        (LOSS, step(Verdict.DIFFERS, ["note x=1"]), FACTS, [PREDICTED]),
        (CRASH.replace("nested*", "step"), step(Verdict.HANG, []), {"accel": "kvm", "kernel": "6.12"}, []),
        (REWRITE, step(Verdict.DIFFERS, ["note x=1"]), FACTS, []),
        (REWRITE, step(Verdict.DIFFERS, WRONG, "break"), FACTS, []),
        (REWRITE, step(Verdict.DIFFERS, WRONG), FACTS | {"qemu": "10.0"}, []),
        (REWRITE, step(Verdict.DIFFERS, WRONG), {}, []),
        (REWRITE, step(Verdict.PASS, REQUIRED), FACTS, [REFUTED]),
        (REWRITE, step(Verdict.PASS, REQUIRED), FACTS | {"qemu": "10.0"}, []),
    ],
)
def test_a_prediction_is_told_and_never_counted(bug, text, result, facts, words):
    found = bug(f'{text}basis = "source"\n')
    assert list(foretold(result, facts, [found])) == words
    assert explained(result, facts, [found]).verdict is result.verdict


UNMATCHED = "bugs/bug-1.toml names this case, and its rewrite finds no line of the required log"
IN_VAIN = REWRITE.replace("dr6=ffff4ff0", "dr6=0000dead")


@pytest.mark.parametrize(
    "text, result, facts, words",
    [
        (IN_VAIN, step(Verdict.DIFFERS, WRONG), FACTS, [UNMATCHED]),
        (REWRITE, step(Verdict.DIFFERS, WRONG), FACTS, []),
        (IN_VAIN, step(Verdict.PASS, REQUIRED), FACTS, []),
        (IN_VAIN, step(Verdict.HANG, []), FACTS, []),
        (IN_VAIN, step(Verdict.DIFFERS, WRONG), FACTS | {"qemu": "10.0"}, []),
        (IN_VAIN.replace('case = "step"', 'case = "st*"'), step(Verdict.DIFFERS, WRONG), FACTS, []),
    ],
)
def test_a_rewrite_of_no_line_is_told(bug, text, result, facts, words):
    assert list(unmatched(result, facts, [bug(text)])) == words


def test_what_is_observed_is_no_prediction(bug):
    assert foretold(step(Verdict.DIFFERS, WRONG), FACTS, [bug(REWRITE)]) == ()


def test_every_prediction_for_whpx_would_be_recognised():
    """Each of them changes the required log of a case that there is, or tells a verdict of it."""
    required = RequiredLogs(CASES)
    images = read_images()
    for found in BUGS:
        for sighting in found.seen if found.name.startswith("whpx-") else []:
            assert sighting.basis == "source", "an observed one has a log: tell docs/whpx.md"
            where = sighting.where
            facts = {"accel": "whpx", "qemu": "7.1.0" if "7.1" in where["qemu"] else "11.0.0"}
            debugger = as_list(where.get("debugger", "detached"))[0]
            told = []
            for case in (case for image in images for case in image.cases):
                plain = Judgement(Verdict(sighting.verdict) if sighting.verdict else Verdict.DIFFERS)
                result = Result(case, "whpx", debugger, plain, required=required.lines(case, "GenuineIntel"))
                if not matches(result.name, where["case"]) or not matches(result.mode, where.get("mode", "*")):
                    continue
                logs = sighting.rewritten((result.required, []), result.mode)
                result = replace(result, seen=sighting.begun(result) if sighting.verdict else logs[0])
                told += foretold(result, facts, [found])
            assert any(words.startswith("exactly what") for words in told), found.name


def test_the_page_on_whpx_marks_every_prediction():
    page = (ROOT / "docs" / "whpx.md").read_text(encoding="utf-8")
    names = [found.name for found in BUGS if found.name.startswith("whpx-")]
    assert set(re.findall(r"`(whpx-[a-z0-9-]+)`", page)) == set(names)
    section = page.partition("## What is predicted")[2].partition("\n## ")[0]
    table = section.partition("| case |")[2].partition("\n\n")[0].splitlines()[2:]
    assert len(table) > 5
    for row in table:
        for cell in row.strip("|").split("|")[1:]:
            assert (
                cell.strip() in ("–", "no prediction") or cell.rstrip().endswith("**P**") or "**P** (`whpx-" in cell
            ), row


def test_a_required_log_may_spend_the_budget_too():
    """With no line twice: nothing is endless there."""
    log = ["#DB rip=a", "#DB rip=b", "note trap_budget=spent"]
    assert stretched(log, [*log[:1], *log]) == log


STUCK = [
    "#DB rip=b flags=- cs=kernel",
    "note x=1",
    "#DB rip=a flags=- cs=kernel",
    "note x=2",
    "#BP rip=c flags=- cs=kernel",
]


@pytest.mark.parametrize(
    "pair, lines",
    [
        ("#DB rip=a flags.RF=0 #DB rip=a flags.RF=1", ["#DB rip=a flags=RF cs=kernel"]),
        ("#DB rip=a flags.RF=0|note #DB rip=a flags.RF=1|note", ["#DB rip=a flags=RF cs=kernel", "note x=2"]),
    ],
)
def test_where_the_guest_sticks_everything_before_is_as_required(bug, pair, lines):
    """Of one line or two, with as many traps as the guest grants."""
    words = pair.replace("|", "\\n").split(" ")
    old, new = " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
    endless = bug(ENDLESS.replace('["#DB rip=a", "#DB rip=a"]', f'["{old}", "{new}"]'))
    begun = STUCK[: 2 + len(lines)]
    spent = "note trap_budget=spent"
    again = [*lines * 23, lines[0]]
    for seen, verdict in (
        ([*begun, *again, spent], Verdict.KNOWN),
        ([*begun, *again], Verdict.DIFFERS),
        ([*begun[2:], *again, spent], Verdict.DIFFERS),
        (["#DB rip=b flags=RF cs=kernel", *begun[1:], *again, spent], Verdict.DIFFERS),
        ([*begun, *again, "#BP rip=other", spent], Verdict.DIFFERS),
        ([*begun, *[line.replace("RF", "-") for line in again], spent], Verdict.DIFFERS),
    ):
        result = replace(step(Verdict.DIFFERS, seen), required=STUCK)
        assert explained(result, FACTS, [endless]).verdict is verdict, seen
    heard = replace(
        step(Verdict.DIFFERS, [*begun, *again, spent]), required=STUCK, debugger_required=["b", "b +1", "a"]
    )
    for steps, verdict in (
        (["b", "b +1"], Verdict.KNOWN),
        (["b"], Verdict.DIFFERS),
        (["b", "b +1", "a"], Verdict.DIFFERS),
    ):
        assert explained(replace(heard, debugger_seen=steps), FACTS, [endless]).verdict is verdict, steps


@pytest.mark.parametrize(
    "old, new, line",
    [
        ("dr6.BS=1 dr6=ffff4ff0", "dr6.BS=0", "#DB"),
        ("dr6=ffff4ff0 dr6.BS=1", "dr6=00004001 dr6.BS=0", "#DB dr6=00000001"),
        ("*=ffff4ff0 dr6=ffff4ff0", "y=1", "#DB y=1"),
    ],
)
def test_several_words_about_one_field_are_held_against_it_as_it_is_required(bug, old, new, line):
    found = bug(REWRITE.replace("dr6=ffff4ff0", old).replace("dr6=00004000", new))
    assert found.seen[0].rewritten((REQUIRED, []), "kernel64")[0] == [line, "note x=1"]


def test_a_case_that_is_excepted_is_none_in_which_the_bug_may_show(tmp_path):
    (tmp_path / "wrong.toml").write_text(REWRITE.replace('accel = "tcg"', 'accel = "tcg"\nexcept = "step_*"'))
    (sighting,) = read_bug(tmp_path / "wrong.toml").seen
    assert sighting.may_show({"case": "step"}) and sighting.may_show({"accel": "tcg"})
    assert not replace(sighting, where=sighting.where | {"case": "*"}).may_show({"case": "step_over"})
