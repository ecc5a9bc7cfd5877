# SPDX-License-Identifier: BSD-2-Clause
"""What debug.flat says and what the cases say: alike, explained, contrary, or not to be told."""

import fnmatch
import os
from dataclasses import replace

import pytest

from harness.catalogue.image import read_images
from harness.judging.bugs import matches
from harness.judging.result import Judgement, Named, Result, Verdict
from harness.platform import Unusable, find_platforms
from harness.system.errors import WrongQuestion
from harness.tests.aim import aimed
from harness.tests.known_bugs import BUGS
from harness.verbs import witness as verb
from harness.witness.debug_flat import find_debug_flat
from harness.witness.hear import Heard
from harness.witness.questions import Agreement, Question, by_chance, compare, read_questions

QUESTIONS = read_questions()
HLT = Question("halt", ("hlt@a",), sometimes={"hlt": "the halt"})


def result(case, verdict=Verdict.PASS, *bugs):
    return Result(case, "somewhere", "detached", Judgement(verdict, "why", bugs=tuple(Named(bug, bug) for bug in bugs)))


def row(question, lines, results, cut=""):
    return compare([question], Heard(lines, cut), results)[0]


@pytest.mark.parametrize(
    "line, verdict, bugs, agreement",
    [
        ("PASS: t 0x12 b", Verdict.PASS, (), Agreement.SAME),
        ("XPASS: t 0x12 b", Verdict.FIXED, (), Agreement.SAME),
        ("PASS: t 0x12 b", Verdict.KNOWN, ("apart",), Agreement.EXPLAINED),
        ("PASS: t 0x12 b", Verdict.KNOWN, ("apart", "other"), Agreement.CONTRARY),
        ("PASS: t 0x12 b", Verdict.DIFFERS, (), Agreement.CONTRARY),
        ("PASS: t 0x12 b", Verdict.HANG, (), Agreement.CONTRARY),
        ("FAIL: t 0x12 b", Verdict.PASS, (), Agreement.CONTRARY),
        ("XFAIL: t 0x12 b", Verdict.KNOWN, ("apart",), Agreement.CONTRARY),
        ("KFAIL: t 0x12 b", Verdict.KNOWN, ("apart", "other"), Agreement.SAME),
        ("FAIL: t 0x12 b", Verdict.DIFFERS, (), Agreement.SAME),
        ("PASS: t 0x12 b", Verdict.UNUSABLE, (), Agreement.UNTOLD),
        ("SKIP: t 0x12 b", Verdict.PASS, (), Agreement.UNTOLD),
        ("PASS: another", Verdict.PASS, (), Agreement.UNTOLD),
    ],
)
def test_both_say_the_same_or_they_do_not(line, verdict, bugs, agreement):
    question = Question("t 0x* b", ("a@x",), apart={"apart": "a detail"})
    assert row(question, [line], [result("a@x", verdict, *bugs)]).agreement is agreement


def test_one_case_that_finds_it_wrong_is_enough():
    question = Question("t", ("a@x", "b@x", "c@x"))
    results = [result("a@x"), result("b@x", Verdict.DIFFERS), result("c@x", Verdict.UNUSABLE)]
    assert row(question, ["PASS: t"], results).agreement is Agreement.CONTRARY
    assert row(question, ["PASS: t"], [results[0], results[2]]).agreement is Agreement.SAME
    assert row(question, ["PASS: t"], results).ours == "pass a@x, differs b@x, unusable c@x"


def test_where_it_comes_to_no_end_it_finds_that_wrong():
    questions = [Question("a", ("a@x",)), Question("b", ("b@x",)), Question("c", ("c@x",))]
    heard = Heard(["PASS: a"], "no line for 10 s")
    said = compare(questions, heard, [result("a@x"), result("b@x", Verdict.DIFFERS), result("c@x")])
    assert [each.heard for each in said] == ["PASS", "no end: no line for 10 s", "-"]
    assert [each.agreement for each in said] == [Agreement.SAME, Agreement.SAME, Agreement.UNTOLD]
    assert said[2].why == "not reached"
    assert compare(questions, heard, [result("b@x")])[1].agreement is Agreement.CONTRARY


def test_what_time_decides_is_no_disagreement_either_way():
    known = [result("hlt@a", Verdict.KNOWN, "hlt")]
    assert row(HLT, ["PASS: halt"], known).agreement is Agreement.EXPLAINED
    assert row(HLT, [], known, "silence").agreement is Agreement.SAME
    assert row(HLT, [], [result("hlt@a")], "silence").agreement is Agreement.CONTRARY
    assert by_chance([HLT], Heard([], "silence"))
    assert not by_chance([HLT], Heard(["PASS: halt"], "silence")) and not by_chance([HLT], Heard([]))
    assert not by_chance([Question("other", ("a@x",))], Heard([], "silence"))


def test_what_either_side_does_not_know_is_said():
    said = compare(
        [Question("old", ("a@x",)), Question("ours", none="why not")], Heard(["PASS: new", "PASS: ours"]), []
    )
    assert [(each.title, each.why) for each in said] == [
        ("old", "this version does not ask it"),
        ("ours", "why not"),
        ("new", "questions.toml has no such title"),
    ]
    assert {each.agreement for each in said} == {Agreement.UNTOLD}


def test_the_table_names_what_there_is():
    cases = {case for image in read_images() for case in image.cases}
    bugs = {bug.name: bug for bug in BUGS}
    for question in QUESTIONS:
        assert bool(question.cases) != bool(question.none) and set(question.cases) <= cases, question
        for name in question.explained:
            names = [sighting.where["case"] for sighting in bugs[name].seen]
            assert any(matches(case.partition("@")[0], wanted) for case in question.cases for wanted in names), name


def test_each_title_is_about_one_question():
    titles = [question.title.replace("*", "400da7") for question in QUESTIONS]
    for title in titles:
        assert len([question for question in QUESTIONS if fnmatch.fnmatchcase(title, question.title)]) == 1, title


@pytest.fixture
def on(settings):
    """Settings for the verb on one accelerator, if that is usable."""

    def make(accel):
        target = aimed(settings.target, accel=accel, platform="", host="local", cpu="")
        (platform,) = find_platforms(target, "")
        if isinstance(platform, Unusable):
            pytest.skip(f"{accel}: {platform.reason}")
        return replace(settings, target=target)

    return make


@pytest.mark.slow
@pytest.mark.parametrize("word, status", [("PASS", 0), ("FAIL", 1)])
def test_a_disagreement_is_an_exit_status(on, guest, capsys, word, status):
    program = guest(f"{word}: #BP\nSUMMARY: 1 tests\n", "spin")
    assert verb.witness(on("tcg"), str(program)) == status
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"tcg: {1 - status} of 25 questions are answered alike, {status} differently, 24 by one side alone"


@pytest.mark.slow
@pytest.mark.parametrize("accel", ["tcg", "bochs"])
def test_debug_flat_agrees_with_the_cases(on, accel, capsys):
    kut = os.environ.get("KUT", "")
    try:
        find_debug_flat(kut)
    except WrongQuestion as error:
        pytest.skip(str(error))
    assert verb.witness(on(accel), kut) == 0, capsys.readouterr().out
