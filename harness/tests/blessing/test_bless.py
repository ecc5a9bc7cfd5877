# SPDX-License-Identifier: BSD-2-Clause
"""Blessing: what counts as agreement, what is written and what is left alone; then on a real QEMU and Bochs."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from harness.blessing.bless import (
    HEADER,
    TO_FILL_IN,
    Answer,
    answer_of,
    bless_log,
    decide,
    decide_steps,
    log_path,
    noticed,
    steps_of,
    witness,
)
from harness.catalogue.files import file_of
from harness.catalogue.image import read_images
from harness.catalogue.log_file import GUEST, STEPS, read_blocks, read_seen, updated
from harness.judging.result import Judgement, Named, Result, Verdict
from harness.report.terminal import make_console
from harness.system.errors import WrongQuestion
from harness.tests.aim import aimed
from harness.tests.faults import fault
from harness.verbs import bless as verb
from harness.verbs.common import run_groups

# What they ask is asked once.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bless")]

RULES = "; SPDX-License-Identifier: BSD-2-Clause\n"
BOTH = "tcg,bochs"
OF_INT3 = RULES + "rule #BP: flags.RF=0\n"

AT_ICEBP = ["#NP cpu=0 rip=icebp error=000b dr6=ffff0ff0 dr7=00000400 flags=RF cs=kernel stack=0"]
AFTER_ICEBP = [AT_ICEBP[0].replace("icebp", "after")]

ONE, OTHER = ["#DB rip=after"], ["#UD rip=icebp"]


def answers(**lines):
    return [Answer(name, its_lines) for name, its_lines in lines.items()]


@pytest.mark.parametrize(
    "given, choice, lines, words",
    [
        (answers(tcg=ONE, bochs=ONE), "", ONE, "agreed on by tcg and bochs"),
        (answers(tcg=ONE, bochs=ONE), "tcg", ONE, "agreed on by tcg and bochs"),
        (answers(tcg=[], bochs=[]), "", [], "agreed on by tcg and bochs"),
        (answers(tcg=ONE, bochs=OTHER), "", None, "tcg and bochs differ"),
        (answers(tcg=ONE, bochs=OTHER), "bochs", OTHER, "said by bochs, against tcg"),
        (answers(tcg=ONE, bochs=ONE, kvm=OTHER), "", None, "tcg and bochs and kvm differ"),
        (answers(tcg=ONE, bochs=None), "", None, "tcg and bochs differ"),
        (answers(tcg=ONE, bochs=None), "bochs", None, "tcg and bochs differ"),
        (answers(tcg=None, bochs=None), "", None, "tcg and bochs differ"),
        (answers(tcg=ONE), "", None, "only tcg answers"),
        ([Answer("tcg", ONE), Answer("tcg+icount", ONE)], "", None, "only tcg and tcg+icount answer"),
        ([Answer("tcg", ONE), Answer("tcg+icount", OTHER)], "", None, "tcg and tcg+icount differ"),
        (answers(tcg=ONE), "tcg", ONE, "said by tcg, alone"),
        ([*answers(tcg=ONE), Answer("bochs", None, silent=True)], "", None, "only tcg answers"),
        ([], "", None, "nobody answers"),
    ],
)
def test_decisions(given, choice, lines, words):
    decision = decide(given, choice)
    assert (decision.lines, decision.words) == (lines, words)
    assert decision.chosen == (bool(lines) and "said by" in words)


@pytest.mark.parametrize(
    "result, expected",
    [
        (Result("a@b", "tcg", "", Judgement(Verdict.DIFFERS), seen=ONE, complete=True), Answer("tcg", ONE)),
        (
            Result("a@b", "tcg", "", Judgement(Verdict.KNOWN, bugs=(Named("x", "X"),)), seen=ONE, complete=True),
            Answer("tcg", ONE, "known as x"),
        ),
        (Result("a@b", "tcg", "", Judgement(Verdict.CRASH, "died"), seen=ONE), Answer("tcg", None, "crash: died")),
        (Result("a@b", "tcg", "", Judgement(Verdict.UNUSABLE, "no")), Answer("tcg", None, "unusable: no", silent=True)),
        (
            Result("a@b", "tcg", "", Judgement(Verdict.UNUSABLE), seen=["needs cpus=2"], complete=True),
            Answer("tcg", None, "it needs cpus=2", silent=True),
        ),
        (
            Result("a@b", "tcg", "", Judgement(Verdict.DIFFERS, "torn"), seen=["\ufffd"], complete=True),
            Answer("tcg", None, "differs: torn"),
        ),
    ],
)
def test_answers(result, expected):
    assert answer_of(result) == expected


def test_steps_count_where_the_guest_has_not_noticed():
    alone = Result("a@b", "tcg", "detached", Judgement(Verdict.PASS), seen=ONE, complete=True)
    stepped = Result(
        "a@b", "tcg", "step", Judgement(Verdict.UNUSABLE), seen=ONE, complete=True, debugger_seen=["start", "end"]
    )
    assert steps_of(stepped, alone) == Answer("tcg", ["start", "end"])
    assert steps_of(replace(stepped, seen=OTHER), alone).lines is None


@pytest.mark.parametrize(
    "given, doubts, lines, words",
    [
        (answers(tcg=ONE), [], ONE, "stepped by tcg, as the code allows"),
        (answers(tcg=ONE, kvm=OTHER), [], None, "tcg and kvm differ"),
        (answers(tcg=ONE), ["from a to c"], None, "tcg: from a to c"),
        (
            [Answer("tcg", None, "noticed", silent=True)],
            [],
            None,
            "nobody has stepped through it unnoticed whose guest answers as required",
        ),
    ],
)
def test_decisions_on_steps(given, doubts, lines, words):
    decision = decide_steps(given, doubts, [])
    assert (decision.lines, decision.words) == (lines, words)


@pytest.mark.parametrize(
    "seen, steps, lines",
    [
        pytest.param(AT_ICEBP, ["icebp", "end"], ["icebp", "end"], id="as required"),
        pytest.param(AFTER_ICEBP, ["icebp", "end"], None, id="another answer, other steps"),
        pytest.param(AFTER_ICEBP, ["icebp", "after", "end"], ["icebp", "after", "end"], id="as the code says"),
    ],
)
def test_steps_are_taken_with_the_answer_that_they_belong_to(seen, steps, lines):
    """A fault at the next mark has the debugger pass that mark by: right for who answers so, and not required."""
    case = "icebp_not_present@kernel64"
    alone = {("tcg", case): Result(case, "tcg", "detached", Judgement(Verdict.DIFFERS), seen=seen, complete=True)}
    required = {(GUEST, case): AT_ICEBP}
    decision = verb._decide_steps(read_images(), required, alone, (STEPS, case), [Answer("tcg", steps)])
    assert decision.lines == lines


def test_an_answer_that_a_debugger_changes_is_told():
    def result(debugger: str, lines: list[str], complete: bool = True) -> Result:
        return Result("a@vm86", "tcg", debugger, Judgement(Verdict.PASS), seen=lines, complete=complete)

    alone = {("tcg", "a@vm86"): result("detached", ONE)}
    assert noticed([result("hbreak", ONE), result("watch", OTHER, complete=False)], alone) == {}
    found = noticed([result("hbreak", ONE), result("watch", OTHER), result("left", OTHER)], alone)
    assert [words.split(";")[0] for words in found["a@vm86"]] == [
        "tcg answers something else in debugger mode watch",
        "tcg answers something else in debugger mode left",
    ]


def test_only_the_block_is_replaced():
    text = "; why\n\nbegin a@kernel32,kernel64\n#DB\nend a\n"
    assert updated(text, {}) == text
    assert updated(text, {(GUEST, "a@user32"): []}) == text + "\nbegin a@user32\nend a\n"
    assert updated(text, {(GUEST, "a@user32"): ["#DB"]}) == text.replace("kernel32", "kernel32,user32")
    assert updated(text, {(STEPS, "a@kernel32"): ["end"]}) == text + "\nsteps a@kernel32\nend\nend a\n"
    one = updated(text, {(GUEST, "a@kernel32"): ["#UD"]})
    assert one == text.replace("kernel32,", "") + "\nbegin a@kernel32\n#UD\nend a\n"
    assert updated(one, {(GUEST, "a@kernel64"): ["#UD"]}) == text.replace("#DB", "#UD")
    with pytest.raises(WrongQuestion, match="^the log as it would be:[0-9]*: flags=2 is no value of that field$"):
        updated(text, {(GUEST, "a@user32"): ["note flags=2"]})


def test_the_vendor_s_own_log_is_the_one(tmp_path):
    assert log_path(tmp_path, "a", "GenuineIntel").name == "a.log"
    (tmp_path / "a.intel.log").write_text("")
    assert log_path(tmp_path, "a", "GenuineIntel").name == "a.intel.log"
    assert log_path(tmp_path, "a", "AuthenticAMD").name == "a.log"


def test_who_says_it_stands_after_the_block():
    text = "; why\nrule #DB: dr6.BS=0\n\nbegin a@kernel32,user32\n#DB\nend a\n"
    seen = {(GUEST, "a@kernel32"): ["tcg 7.2.22 max", "bochs 2.7 ryzen"], (GUEST, "a@user32"): ["tcg 7.2.22 max"]}
    one = updated(text, {}, seen)
    assert one == text + "seen bochs 2.7 ryzen: kernel32\nseen tcg 7.2.22 max\n"
    assert updated(one, {}, seen) == updated(one, {}) == one
    more = updated(one, {}, {(GUEST, "a@user32"): ["bochs 2.7 ryzen"]})
    assert more == text + "seen bochs 2.7 ryzen\nseen tcg 7.2.22 max\n"
    other = updated(one, {(GUEST, "a@kernel32"): ["#UD"]})
    assert "end a\nseen tcg 7.2.22 max\n\nbegin a@kernel32\n#UD\nend a\n" in other, "they said something else"
    assert updated(one, {(GUEST, "a@kernel32"): ["#DB"]}) == one


@pytest.mark.parametrize(
    "facts, name",
    [
        ({"accel": "tcg", "qemu": "11.1.3", "cpu": "max", "cpus": "2"}, "tcg 11.1.3 max"),
        ({"accel": "bochs", "bochs": "2.7", "cpu": "ryzen"}, "bochs 2.7 ryzen"),
        (
            {"accel": "kvm", "qemu": "9.0.0", "kernel": "6.1.0", "backend": "kvm_amd", "cpu": "host"},
            "kvm_amd 6.1.0 host",
        ),
        ({"accel": "mine"}, "mine"),
    ],
)
def test_an_implementation_is_named_by_what_it_is(facts, name):
    assert witness(facts) == name


def test_no_answer_is_what_a_log_without_the_block_has(tmp_path, capsys):
    """An empty answer is not there already where nothing is."""
    path = tmp_path / "a.log"
    path.write_text("; why\nrule #UD: rip=a\n")
    answers = {(GUEST, "a@kernel32"): [Answer("tcg", []), Answer("bochs", ["#UD rip=a"])]}
    bless_log(make_console(), path, answers, {}, lambda _, given: decide(given, ""), lambda *_: [], False)
    assert "--choose NAME takes one's answer\n" in capsys.readouterr().out


@fault("machine", "a disk that is full while `bless` writes a required log", "the log is as it was")
def test_a_log_that_has_no_room_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "one.log"
    path.write_text(RULES)

    def full(self, text, **_):
        self.write_bytes(text.encode()[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    given = {(GUEST, "one@kernel64"): answers(tcg=ONE, bochs=ONE)}
    witnesses = {"tcg": "tcg 7.2", "bochs": "bochs 2.7"}
    with pytest.raises(OSError):
        bless_log(make_console(), path, given, witnesses, lambda _, said: decide(said, ""), lambda *_: [], False)
    assert path.read_text() == RULES and list(tmp_path.iterdir()) == [path]


def test_a_new_log_s_comments_ask_for_a_person():
    assert all(line.startswith(";") for line in HEADER.splitlines()) and TO_FILL_IN in HEADER
    assert "Vol. " not in HEADER, "test_a_required_log_names_its_reasons would not see that they are missing"


@pytest.fixture(scope="module")
def said():
    """What each implementation has said so far, by what it was asked."""
    return {}


@pytest.fixture
def bless(settings, said, monkeypatch, tmp_path):
    """Asks TCG, or whom a test wants, for a directory of its own; returns the exit code."""

    def ask_once(runner, groups, results) -> None:
        for group in groups:
            asked = *group.platform.facts.values(), group.debugger, group.image
            if asked not in said:
                run_groups(runner, [group], answers := [])
                said[asked] = answers
            results += said[asked]

    def run(case: str, choice: str = "", overwrite: bool = False, mode: str = "kernel32,user32", **knobs) -> int:
        target = aimed(settings.target, **{"accel": "tcg", "cpu": ""} | knobs)
        mine = replace(settings, target=target, case=case, mode=mode)
        return verb.bless(mine, choice, overwrite, directory=tmp_path)

    monkeypatch.setattr(verb, "run_groups", ask_once)
    return run


@fault(
    "file",
    "`bless` of a case without rules",
    "exit status 1: first write down what the manuals require; nothing is written",
    120,
)
def test_without_rules_nothing_is_written(bless, tmp_path, capsys):
    assert bless("int3", "tcg") == 1
    assert list(tmp_path.iterdir()) == []
    assert "first write down what the manuals require" in capsys.readouterr().out


@fault(
    "hypervisor",
    "`bless` where what is seen is against the manuals' rules, or no rule speaks of it",
    "exit status 1: {words}; nothing is written",
    120,
)
@pytest.mark.parametrize(
    "rules, words",
    [
        ("rule #BP rip=after: flags.RF=1", "is against 'rule #BP rip=after: flags.RF=1'"),
        ("rule #BP rip=before: flags.RF=0", "no rule speaks of '#BP cpu=0 rip=after "),
    ],
)
def test_what_the_manuals_have_otherwise_is_not_written(bless, tmp_path, capsys, rules, words):
    path = tmp_path / "int3.log"
    path.write_text(f"{RULES}{rules}\n")
    assert bless("int3", "tcg", overwrite=True) == 1
    assert path.read_text() == f"{RULES}{rules}\n"
    assert words in capsys.readouterr().out


def test_what_they_agree_on_is_written_and_then_guarded(bless, bochs, tmp_path, capsys):
    path = tmp_path / "int3.log"
    path.write_text(OF_INT3)
    assert bless("int3", accel=BOTH) == 0
    asked = [(GUEST, f"int3@{mode}") for mode in ("kernel32", "user32")]
    assert read_blocks(path) == {name: read_blocks(file_of("int3", ".log"))[name] for name in asked}
    assert any(line.startswith("seen tcg ") for line in path.read_text().splitlines())
    assert any(line.startswith("seen bochs ") for line in path.read_text().splitlines())

    right = "; mine\n" + path.read_text()
    wrong = right.replace("rip=after", "rip=before", 1)
    path.write_text(wrong)
    capsys.readouterr()
    assert bless("int3", accel=BOTH) == 1
    assert path.read_text() == wrong
    assert "[[rip=before]]" in capsys.readouterr().out
    assert bless("int3", accel=BOTH, overwrite=True) == 0
    assert path.read_text() == right


@fault(
    "hypervisor",
    "`bless` where implementations disagree",
    "exit status 1: both logs; nothing is written before a person chooses",
    120,
)
def test_where_they_differ_a_person_chooses(bless, bochs, tmp_path, capsys):
    path = tmp_path / "init_armed.log"
    path.write_text(f"{RULES}rule note: note\nrule #*: cpu=1\n")
    assert bless("init_armed", mode="kernel64", accel=BOTH) == 1
    assert read_blocks(path) == {}
    assert "[[edx=signature]]" in capsys.readouterr().out
    assert bless("init_armed", "bochs", mode="kernel64", accel=BOTH) == 0
    assert "note edx=00000000" in read_blocks(path)[GUEST, "init_armed@kernel64"]
    assert [name.split()[0] for name in read_seen(path)[GUEST, "init_armed@kernel64"]] == ["bochs"]
    assert bless("init_armed", "tcg", mode="kernel64", accel=BOTH) == 0
    assert "note edx=signature" in read_blocks(path)[GUEST, "init_armed@kernel64"]


@fault("hypervisor", "`bless` of a case that needs another CPU", "exit status 1: it needs cpus=2", 120)
def test_a_cpu_too_few_is_no_answer(bless, tmp_path, capsys):
    assert bless("init_armed", "tcg", mode="kernel64", cpus=1) == 1
    assert list(tmp_path.iterdir()) == []
    assert "it needs cpus=2" in capsys.readouterr().out


@fault("hypervisor", "`bless` where one implementation alone answers", "exit status 1: only tcg answers", 120)
def test_one_alone_does_not_agree_with_itself(bless, tmp_path, capsys):
    assert bless("int3") == 1
    assert list(tmp_path.iterdir()) == []
    assert "only tcg answers" in capsys.readouterr().out


@pytest.mark.parametrize("case, choice, words", [("nosuch", "", "no case nosuch"), ("int3", "xen", "--choose xen")])
def test_wrong_questions(bless, case, choice, words):
    with pytest.raises(WrongQuestion, match=words):
        bless(case, choice)
