# SPDX-License-Identifier: BSD-2-Clause
"""Two runs held against each other: what counts as worse, which results stand beside which, what is read."""

import itertools
import json

import pytest

from harness.judging.result import Judgement, Named, Result, Verdict
from harness.runs.diff import Course, Diff, diff
from harness.runs.merge import read_run
from harness.runs.record import json_text
from harness.system.errors import WrongQuestion

RED = ("differs", "crash", "backend", "reset", "hang", "cut")


def result(verdict="pass", case="int3@kernel64", platform="tcg", debugger="detached", bugs="") -> Result:
    named = tuple(Named(name, "") for name in bugs.split(", ") if name)
    return Result(case, platform, debugger, Judgement(Verdict(verdict), bugs=named))


def courses(found: Diff) -> dict[tuple[str, str, str], str]:
    return {(pair.platform, pair.case, pair.debugger): pair.course.value for pair in found.pairs}


def expected(before: str, after: str) -> Course:
    """What docs/runs.md says, by a table: the verdicts as right, as recorded, as wrong as each other."""
    if "unusable" in (before, after):
        return Course.SAME if before == after else Course.UNUSABLE
    places = [[verdict in group for group in (("pass", "fixed?"), ("known",), RED)] for verdict in (before, after)]
    if places[0] == places[1]:
        return Course.SAME if before == after else Course.CHANGED
    return Course.WORSE if places[0].index(True) < places[1].index(True) else Course.BETTER


@pytest.mark.parametrize("before, after", itertools.product([verdict.value for verdict in Verdict], repeat=2))
def test_what_counts_as_worse(before, after):
    found = diff([result(before)], [result(after)])
    assert [pair.course for pair in found.pairs] == [expected(before, after)]
    assert found.passes == (expected(before, after) is not Course.WORSE and "unusable" not in (before, after))


def test_what_became_of_a_result_is_found_once_however_often_it_is_asked_for(monkeypatch):
    ranked = []
    monkeypatch.setattr("harness.runs.diff.rank", lambda verdict: ranked.append(verdict) or verdict.green)
    found = diff([result()], [result("differs")])
    assert [len(found.of(course)) for course in Course].count(1) == 1 and found.as_json()["compared"] == 1
    assert len(ranked) == 4


def test_another_known_bug_is_a_change_and_no_worse():
    found = diff([result("known", bugs="a")], [result("known", bugs="a, b")])
    assert [pair.course for pair in found.pairs] == [Course.CHANGED] and found.passes


def test_what_only_one_of_them_has_does_not_count():
    before = [result(), result("pass", "icebp@kernel64"), result(debugger="step")]
    after = [result(), result("crash", "tf_step@kernel64"), result("known", debugger="step")]
    found = diff(before, after)
    assert list(courses(found).items()) == [
        (("tcg", "int3@kernel64", "step"), "worse"),
        (("tcg", "tf_step@kernel64", "detached"), "appeared"),
        (("tcg", "icebp@kernel64", "detached"), "vanished"),
        (("tcg", "int3@kernel64", "detached"), "same"),
    ]
    assert not found.passes and diff(before[:2], after[:2]).passes


@pytest.mark.parametrize("case, platform", [("(all)", "whpx"), ("(the rest)", "tcg")])
def test_what_did_not_come_at_all_is_worse(case, platform):
    """A platform that was expected, and what a run that was ended had yet to do."""
    found = diff([result()], [result(), result("cut", case, platform, "")])
    assert not found.passes and [pair.case for pair in found.of(Course.WORSE)] == [case]
    assert diff([result(), result("cut", case, platform, "")], [result(), result("cut", case, platform, "")]).passes


@pytest.mark.parametrize("name", ["verdicts.json", "run/vm/verdict.json"])
def test_what_did_not_come_is_read_by_its_own_name(tmp_path, name):
    """From a list of JSON= and from a run, in which what has no mode has an empty one."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "platform.json").write_text('{"platform": "tcg"}')
    rest = result("cut", "(the rest)")
    path.write_text(json_text([each.as_json() for each in (result(), rest)]))
    (_, after) = read_run(str(path if name == "verdicts.json" else tmp_path / "run"))
    assert [each.case for each in after] == ["int3@kernel64", "(the rest)"]
    assert not diff([result()], after).passes and diff([result(), rest], after).passes


def test_nothing_in_common_is_no_pass():
    found = diff([result()], [result(case="icebp@kernel64")])
    assert (found.compared, found.passes) == (0, False)


def test_one_platform_each_is_one_column_whatever_its_name():
    found = diff([result(platform="kvm@amd:6.1")], [result("differs", platform="kvm@amd:6.12")])
    assert courses(found) == {("kvm@amd:6.12", "int3@kernel64", "detached"): "worse"}


def test_of_several_platforms_those_of_one_name_stand_side_by_side():
    found = diff([result(), result(platform="kvm")], [result("differs"), result(platform="bochs")])
    assert courses(found) == {
        ("tcg", "int3@kernel64", "detached"): "worse",
        ("bochs", "int3@kernel64", "detached"): "appeared",
        ("kvm", "int3@kernel64", "detached"): "vanished",
    }


@pytest.mark.parametrize("turned, course", [(False, "worse"), (True, "better")])
def test_what_happens_after_the_last_word_was_right_where_no_row_speaks_of_it(turned, course):
    runs = [[result()], [result(), result("crash", "bye@kernel64")]]
    found = courses(diff(*(reversed(runs) if turned else runs)))
    assert found["tcg", "bye@kernel64", "detached"] == course
    other = diff([result(debugger="step")], [result("crash", "bye@kernel64")])
    assert courses(other)["tcg", "bye@kernel64", "detached"] == "appeared"


def test_a_list_and_a_folder_of_the_same_run_are_the_same(tmp_path):
    results = [result(), result("known", "icebp@user32", bugs="a, b"), result("differs", debugger="step")]
    (tmp_path / "run" / "vm").mkdir(parents=True)
    (tmp_path / "run" / "vm" / "platform.json").write_text('{"platform": "tcg"}')
    whole = [result.as_json() | result.logs_as_json() for result in results]
    (tmp_path / "run" / "vm" / "verdict.json").write_text(json.dumps(whole))
    (tmp_path / "list").write_text(json.dumps([result.as_json() for result in results]))
    runs = [read_run(str(tmp_path / name))[1] for name in ("run", "list")]
    assert {pair.course for pair in diff(*runs).pairs} == {Course.SAME} and diff(*runs).compared == 3


def test_a_list_says_which_hypervisors_it_is_of_and_two_of_one_name_stay_two(tmp_path):
    old, new = "QEMU 7.2.22, -cpu max", "QEMU 11.1.3, -cpu max"
    rows = [
        result().as_json() | {"hypervisor": old},
        result("differs").as_json() | {"hypervisor": new},
        result(platform="kvm").as_json() | {"hypervisor": new},
    ]
    (tmp_path / "one").write_text(json.dumps(rows[:1]))
    assert read_run(str(tmp_path / "one"))[0] == [f"tcg: {old}"]
    (tmp_path / "both").write_text(json.dumps(rows))
    (tmp_path / "other").write_text(json.dumps(rows[1:]))
    columns = [f"tcg hypervisor={old}", f"tcg hypervisor={new}", "kvm"]
    for files in (["both"], ["one", "other"]):
        lines, results = read_run(*(str(tmp_path / name) for name in files))
        assert lines == [f"{column}: {words}" for column, words in zip(columns, (old, new, new))]
        assert [(found.platform, found.verdict.value) for found in results] == list(
            zip(columns, ("pass", "differs", "pass"))
        )


@pytest.mark.slow
def test_thirty_thousand_results_are_read(tmp_path):
    """Three times as many as the whole catalogue has on a platform in all debugger modes, each with a bug."""
    rows = [result("known", f"a-case-{number}@kernel64", bugs="a, b") for number in range(30_000)]
    further = {"hypervisor": "QEMU 7.2.22, -cpu max", "run": "build/runs/20260101-000000-12345/tcg-detached-guest64-1"}
    (tmp_path / "list").write_text(json_text([each.as_json() | further for each in rows]))
    assert len(read_run(str(tmp_path / "list"))[1]) == len(rows)


def test_of_results_that_a_list_has_twice_the_worst_counts(tmp_path):
    (tmp_path / "list").write_text(json.dumps([result(verdict).as_json() for verdict in ("pass", "differs", "known")]))
    assert [found.verdict for found in read_run(str(tmp_path / "list"))[1]] == [Verdict.DIFFERS]


@pytest.mark.parametrize(
    "text, words",
    [
        ("[]", "holds no result"),
        ("{", "is not in the form of JSON"),
        ("{}", "is no list of verdicts, as JSON= and every run write it"),
        (json.dumps([result().as_json() | {"bug": 5}]), "is no list of verdicts"),
        (json.dumps([result().as_json() | {"run": 5}]), "is no list of verdicts"),
        (json.dumps([result().as_json() | {"hypervisor": 5}]), "is no list of verdicts"),
        (None, "No such file or directory"),
    ],
)
def test_what_is_no_run_is_refused(tmp_path, text, words):
    if text is not None:
        (tmp_path / "list").write_text(text)
    with pytest.raises(WrongQuestion, match=f"/list: {words}"):
        read_run(str(tmp_path / "list"))


def test_a_name_that_is_too_long_is_no_run():
    with pytest.raises(WrongQuestion, match="a: File name too long"):
        read_run("a" * 5000)
