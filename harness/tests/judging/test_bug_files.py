# SPDX-License-Identifier: BSD-2-Clause
"""Bugs' files: which of a case there are, and which are refused."""


import pytest

from harness.catalogue.image import read_images
from harness.judging.affected import affected
from harness.judging.bugs import BugsByCase, matches, read_bug, read_bugs
from harness.judging.explain import foretold
from harness.judging.result import Verdict
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT
from harness.tests.faults import fault
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


@fault("file", "a bug's file that is broken", "exit status 2: {words}")
@pytest.mark.parametrize(
    "change, words",
    [
        (("title =", "titel ="), "'title' is missing"),
        (("[[seen]]", "[[seen]"), "not valid TOML"),
        (('">=5.0,<9.1"', '"five"'), "no range of versions"),
        (('">=5.0,<9.1"', '[">=5.0", "<nine"]'), "no range of versions"),
        (('">=5.0,<9.1"', "5"), "no range of versions"),
        (("accel =", "acel ="), "can hold: did you mean accel"),
        (("rewrite =", "verdict = 'crash'\nrewrite ="), "'ends_at', with"),
        (("rewrite =", "ends_at = '#DB'\nrewrite ="), "'ends_at', with"),
        (("rewrite =", "needs = 'vme=1'\nrewrite ="), "wants one of"),
        (("rewrite =", "dies = '#GP'\nrewrite ="), "wants one of"),
        (('rewrite = [["dr6=ffff4ff0", "dr6=00004000"]]', ""), "wants one of"),
        (('[["dr6=ffff4ff0", "dr6=00004000"]]', '["dr6"]'), "list of pairs"),
        (('rewrite = [["dr6=ffff4ff0", "dr6=00004000"]]', "verdict = 'broken'"), "no verdict 'broken'"),
        (("accel =", "basis = 'hearsay'\naccel ="), "basis is observed or source"),
    ],
)
def test_broken_files_are_refused_with_their_name(bug, change, words):
    assert change[0] in REWRITE
    with pytest.raises(WrongQuestion, match="bug-1.toml.*" + words):
        bug(REWRITE.replace(*change))


def test_the_bugs_of_a_case_are_found_without_parsing_the_rest(tmp_path):
    (tmp_path / "a.toml").write_text(REWRITE)
    (tmp_path / "b.toml").write_text(REWRITE.replace('case = "step"', """case = ['go?', "st[!a]p*"]"""))
    (tmp_path / "c.toml").write_text('broken = "step2')
    bugs = BugsByCase(tmp_path)
    assert [found.name for found in bugs.of("step")] == ["a", "b"]
    assert [found.name for found in bugs.of("step3")] == ["b"]
    assert bugs.of("stap") == []
    (tmp_path / "c.toml").write_text('broken = "step2"]')
    with pytest.raises(WrongQuestion, match="c.toml: not valid TOML"):
        BugsByCase(tmp_path).of("step2")


def test_no_bug_of_a_case_is_passed_over():
    every, quick = BUGS, BugsByCase(ROOT / "bugs")
    for case in {case.partition("@")[0] for image in read_images() for case in image.cases}:
        showing = {bug.name for bug in every if any(matches(case, sighting.where["case"]) for sighting in bug.seen)}
        assert showing <= {bug.name for bug in quick.of(case)}, case


OF_EACH_KIND = [
    "true",
    "7",
    "0.5",
    "nan",
    "''",
    "'*'",
    "1979-05-27",
    "[]",
    "[[]]",
    "[1]",
    "['a', 1]",
    "{}",
    "[{}]",
    "{a = 1}",
]


@pytest.mark.parametrize("text", [REWRITE, CRASH, WANT, RACE, LOSS, DEATH, ENDLESS])
def test_a_value_of_another_kind_is_refused_or_is_a_bug_like_any_other(tmp_path, text):
    """Nothing that a file holds comes to a judge who cannot take it."""
    lines = text.strip().splitlines()
    for number, line in enumerate(lines):
        for value in [*OF_EACH_KIND, "=", ""]:
            key = line.partition(" = ")[0]
            changed = [*lines[:number], f"{key} = {value}", *lines[number + 1 :]]
            path = tmp_path / "bug-1.toml"
            path.write_text("\n".join(changed))
            try:
                found = read_bug(path)
            except WrongQuestion as error:
                assert str(error).startswith(f"{path}: ") and str(error).isprintable()
                continue
            for result in (step(Verdict.DIFFERS, WRONG), step(Verdict.CRASH, []), step(Verdict.PASS, REQUIRED)):
                classified(result, FACTS, found)
                foretold(result, FACTS, [found])
            assert isinstance(affected(found, "tcg"), str)


@pytest.mark.parametrize(
    "change, words",
    [
        (("title =", "colour = 'red'\ntitle ="), "'colour' is nothing that a bug can hold"),
        (('"wrong DR6"', "1"), "title = 1: it wants a text"),
        (('["https://example.org/1"]', '"https://example.org/1"'), "reports = .*: it wants a list of texts"),
        (('"step"', "[]"), r"case = \[\]: it wants a text, or a list of texts"),
        (('"tcg"', "[1]"), r"accel = \[1\]: it wants a text, or a list of texts"),
        (('">=5.0,<9.1"', '"~=5.0"'), "no range of versions"),
        (('">=5.0,<9.1"', '"===old"'), "no range of versions"),
        (('">=5.0,<9.1"', '">=5.0rc1+local.7"'), "no range of versions"),
        (('">=5.0,<9.1"', f'">={"9" * 5000}"'), "no range of versions"),
        (("accel =", "sometimes = 1\naccel ="), "sometimes = 1: it wants true or false"),
        (("accel =", "clean = 1\naccel ="), "clean = 1: it wants one table or more"),
        (
            ('[["dr6=ffff4ff0", "dr6=00004000"]]', '[["dr6=ffff4ff0 dr6=ffff4ff0", "dr6=0"]]'),
            "names dr6=ffff4ff0 twice",
        ),
        (('rewrite = [["dr6=ffff4ff0", "dr6=00004000"]]', 'endless = ["", "#DB"]'), "names the words required"),
        (("[[seen]]", "seen = []\n[[saw]]"), "'saw' is nothing|seen"),
    ],
)
def test_what_no_judge_could_take_is_refused_with_its_name(bug, change, words):
    assert change[0] in REWRITE
    with pytest.raises(WrongQuestion, match="bug-1.toml: .*(" + words + ")"):
        bug(REWRITE.replace(*change))


@pytest.mark.parametrize(
    "clean, again",
    [
        ('qemu = ">=9.1"', False),
        ('qemu = "<5.0"', False),
        ('qemu = ">=9.0"', True),
        ('qemu = ["<5.0", "==7.2.22"]', True),
        ('qemu = ">5.0,<5.1"', True),
        ('accel = "kvm"', False),
        ('accel = "t*"', True),
        ('debugger = "detached"', False),
        ('debugger = ["detached", "watch"]', True),
        ('case = "step*"', True),
        ('case = "step*"\nexcept = "step"', False),
        ('machine = "q35"', True),
        ('machine = "q35"\nqemu = ">=10.0"', False),
        ("", True),
    ],
)
def test_what_is_clean_where_the_bug_is_seen_is_refused(bug, clean, again):
    """A condition that it does not name is as in its [[seen]]."""
    text = f"{REWRITE}[[seen.clean]]\n{clean}\n"
    if not again:
        assert bug(text).seen[0].clean
        return
    with pytest.raises(
        WrongQuestion, match=r"bug-1.toml: \[\[seen.clean]] .* says absent where its \[\[seen]] says present"
    ):
        bug(text)


def test_a_prediction_may_be_clean_where_it_was_looked_for(bug):
    prediction = REWRITE.replace("[[seen]]", '[[seen]]\nbasis = "source"')
    assert bug(f'{prediction}[[seen.clean]]\nqemu = "==7.2.22"\n').seen[0].clean


def test_one_bug_under_two_names_is_refused(tmp_path):
    """Each would explain what the other does, and neither could be taken out."""
    (tmp_path / "a.toml").write_text(REWRITE)
    (tmp_path / "b.toml").write_text(REWRITE.replace("wrong DR6", "DR6 is wrong").replace('"step"', '["step"]'))
    words = "b.toml: what it has seen is in .*a.toml too: take one of them out"
    with pytest.raises(WrongQuestion, match=words):
        read_bugs(tmp_path)
    with pytest.raises(WrongQuestion, match=words):
        BugsByCase(tmp_path).of("step")
    (tmp_path / "b.toml").write_text(REWRITE.replace("<9.1", "<9.2"))
    assert len(read_bugs(tmp_path)) == len(BugsByCase(tmp_path).of("step")) == 2


@pytest.mark.parametrize("read", [read_bugs, lambda directory: BugsByCase(directory).of("step")])
def test_a_bug_s_file_that_is_none_is_refused_with_its_name(tmp_path, read):
    (tmp_path / "a.toml").mkdir()
    with pytest.raises(WrongQuestion, match="a.toml: Is a directory, not a file"):
        read(tmp_path)
    (tmp_path / "a.toml").rmdir()
    (tmp_path / "a.toml").symlink_to("a.toml")
    with pytest.raises(WrongQuestion, match="a.toml: Too many levels of symbolic links"):
        read(tmp_path)
