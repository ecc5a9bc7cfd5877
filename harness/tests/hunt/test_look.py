# SPDX-License-Identifier: BSD-2-Clause
"""What results say of a bug, and what that says of the bug's file."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.hunt.every_platform import Cell, Check, held, judge_file, judged_again, results_of
from harness.hunt.look import Presence, anywhere, conclude
from harness.judging.bugs import Bug, Sighting
from harness.judging.explain import explained
from harness.judging.result import Judgement, Result, Verdict
from harness.judging.rewrite import Rewrite
from harness.tests.aim import make_settings
from harness.tests.faults import fault
from harness.verbs import bugs as verb

PLATFORM = SimpleNamespace(name="tcg", facts={"accel": "tcg", "qemu": "7.2.22"})
BUG = Bug("b", "B", [], [Sighting({"case": ["plain", "other"], "qemu": "<9"}, rewrite=[Rewrite.read("x=1", "x=2")])])


def result(seen: str, name: str = "plain", verdict: Verdict = Verdict.DIFFERS, bugs: list[Bug] | None = None) -> Result:
    """A result of a case of which x=1 is required, judged as look.look_for() does it."""
    plain = Judgement(verdict, "why")
    found = Result(f"{name}@m", "tcg", "detached", plain, seen=[seen], required=["x=1"], complete=True, plain=plain)
    return replace(found, judgement=explained(found, PLATFORM.facts, [anywhere(bug) for bug in bugs or [BUG]]))


def test_a_bug_that_is_seen_once_is_present_and_the_plainest_case_says_so():
    finding = conclude(BUG, PLATFORM, [result("x=1", "other", Verdict.PASS), result("x=2", "other"), result("x=2")])
    assert finding.presence is Presence.PRESENT
    assert finding.why == "plain@m detached: why"


def test_a_bug_is_absent_only_where_all_cases_were_answered():
    passed = result("x=1", verdict=Verdict.PASS)
    assert conclude(BUG, PLATFORM, [passed, passed]).presence is Presence.ABSENT
    for odd in (
        result("x=3"),
        result("", verdict=Verdict.CRASH),
        result("needs svm=1"),
        result("", verdict=Verdict.HANG),
    ):
        finding = conclude(BUG, PLATFORM, [passed, odd])
        assert finding.presence is Presence.UNKNOWN and odd in finding.results
    assert conclude(BUG, PLATFORM, []).presence is Presence.UNKNOWN


def test_another_bug_may_explain_a_case():
    another = Bug("a", "A", [], [Sighting({"case": "plain"}, rewrite=[Rewrite.read("x=1", "x=7")])])
    assert conclude(BUG, PLATFORM, [result("x=7", bugs=[another, BUG])]).presence is Presence.ABSENT


def test_needs_are_no_answer_although_a_bug_records_them():
    wanting = Bug("no-svm", "", [], [Sighting({"case": "*"}, needs="svm=1")])
    assert conclude(BUG, PLATFORM, [result("needs svm=1", bugs=[wanting, BUG])]).presence is Presence.UNKNOWN


@fault("hypervisor", "`repro` of a bug of one vendor's CPUs, on another's", "exit status 125: not show on such a CPU")
def test_a_cpu_that_the_bug_is_not_tied_to_is_no_answer():
    """Its vendor is known when the guest has said it; where other cases answer, they do alone."""
    on_intel = Sighting({"case": "plain", "vendor": "GenuineIntel"}, rewrite=[Rewrite.read("x=1", "x=2")])
    passed = replace(result("x=1", verdict=Verdict.PASS), vendor="AuthenticAMD")
    finding = conclude(replace(BUG, seen=[on_intel]), PLATFORM, [passed])
    assert finding.presence is Presence.UNKNOWN and "such a CPU (AuthenticAMD)" in finding.why
    elsewhere = replace(on_intel, where={"case": "other", "vendor": "AuthenticAMD"})
    both = replace(BUG, seen=[on_intel, elsewhere])
    other = replace(result("x=1", "other", Verdict.PASS), vendor="AuthenticAMD")
    finding = conclude(both, PLATFORM, [passed, other])
    assert finding.presence is Presence.ABSENT and finding.results == [other]
    for said in ("needs vendor=GenuineIntel", "x=3"):
        odd = replace(result(said), vendor="AuthenticAMD")
        assert conclude(both, PLATFORM, [odd, other]).presence is Presence.ABSENT
        assert conclude(both, PLATFORM, [replace(odd, vendor=""), other]).presence is Presence.UNKNOWN
    whoever = replace(BUG, seen=[replace(on_intel, where={"case": ["plain", "other"]})])
    refused = replace(result("needs vendor=GenuineIntel"), vendor="AuthenticAMD")
    assert conclude(whoever, PLATFORM, [refused, other]).presence is Presence.ABSENT


def test_what_was_only_read_in_source_is_not_looked_for():
    predicted = Bug("p", "", [], [Sighting({"case": "plain"}, rewrite=[Rewrite.read("x=1", "x=2")], basis="source")])
    assert anywhere(predicted).seen == []


@pytest.mark.parametrize(
    "qemu, results, cell",
    [
        ("7.2", [("x=2", Verdict.DIFFERS)], Cell.PRESENT),
        ("9.1", [("x=1", Verdict.PASS)], Cell.ABSENT),
        ("9.1", [("x=2", Verdict.DIFFERS)], Cell.NEW),
        ("7.2", [("x=1", Verdict.PASS)], Cell.GONE),
        ("7.2", [("x=2", Verdict.DIFFERS), ("x=1", Verdict.PASS)], Cell.GONE),
        ("7.2", [("x=3", Verdict.DIFFERS)], Cell.UNKNOWN),
        ("7.2", [], Cell.UNKNOWN),
    ],
)
def test_a_file_is_held_against_what_is_seen(qemu, results, cell):
    platform = SimpleNamespace(name="tcg", facts=PLATFORM.facts | {"qemu": qemu})
    finding = conclude(BUG, platform, [result(seen, verdict=verdict) for seen, verdict in results])
    assert judge_file(BUG, finding, judged_again(platform, finding, [BUG]))[0] is cell


def test_two_looks_in_different_versions_are_not_exchanged():
    """A file that says x=2 before 9 and x=3 since is wrong where 9.1 shows x=2."""
    later = Sighting({"case": "plain", "qemu": ">=9"}, rewrite=[Rewrite.read("x=1", "x=3")])
    bug = replace(BUG, seen=[*BUG.seen, later])
    platform = SimpleNamespace(name="tcg", facts=PLATFORM.facts | {"qemu": "9.1"})
    for seen, cell in (("x=2", Cell.NEW), ("x=3", Cell.PRESENT)):
        finding = conclude(bug, platform, [result(seen, bugs=[bug])])
        assert judge_file(bug, finding, judged_again(platform, finding, [bug]))[0] is cell


def test_a_prediction_is_no_result():
    predicted = Bug("p", "", [], [Sighting({"case": "plain"}, rewrite=[Rewrite.read("x=1", "x=2")], basis="source")])
    assert judge_file(predicted, conclude(predicted, PLATFORM, []), [])[0] is Cell.PREDICTED


def checks() -> list[Check]:
    """The bug on two QEMUs of one name, and another bug on one of them."""
    old, new = (
        SimpleNamespace(
            name="tcg",
            facts={"accel": "tcg"},
            versions={"qemu": version},
            description=f"QEMU {version}",
            remarks=[],
            reservations=[],
        )
        for version in ("7.2.22", "11.1.3")
    )
    return [
        Check(BUG, old, Cell.PRESENT, "seen", [result("x=2")]),
        Check(replace(BUG, name="c"), old, Cell.UNKNOWN, "no case", []),
        Check(BUG, new, Cell.NEW, "seen there too", [result("x=2"), result("x=1", "other", Verdict.PASS)]),
    ]


def test_a_page_has_a_row_for_each_bug_and_a_column_for_each_version():
    found = held(checks())
    assert found.columns == ["tcg 7.2.22", "tcg 11.1.3"] and found.wrong == 1
    assert [(row.name, [words for words, _ in row.cells]) for row in found.rows] == [
        ("b", ["present", "NEW"]),
        ("c", ["?", "-"]),
    ]
    assert found.why == ["c on tcg 7.2.22: ?: no case", "b on tcg 11.1.3: NEW: seen there too"]


def test_results_on_a_page_are_of_the_columns_there():
    lines, results = results_of(checks())
    assert lines == ["tcg 7.2.22: QEMU 7.2.22", "tcg 11.1.3: QEMU 11.1.3"]
    assert [each.platform for each in results] == ["tcg 7.2.22", "tcg 11.1.3", "tcg 11.1.3"]


def test_results_on_a_page_are_judged_by_the_files_as_they_are():
    """As what a run would say, not as it was looked for, whatever the version."""
    finding = conclude(BUG, PLATFORM, [result("x=2")])
    newer = SimpleNamespace(name="tcg", facts={"accel": "tcg", "qemu": "9.1"})
    verdicts = [again.verdict for platform in (PLATFORM, newer) for _, again in judged_again(platform, finding, [BUG])]
    assert verdicts == [Verdict.KNOWN, Verdict.DIFFERS]


@fault("hypervisor", "`bugs` where nothing can be looked for, or told", "exit status 1: nothing was looked for; 1 ?")
def test_what_nobody_has_answered_is_not_green(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(verb, "PAGE", tmp_path / "report" / "index.html")
    monkeypatch.setattr(verb, "make_room", lambda console, settings: None)
    monkeypatch.setattr(verb, "platforms_at_hand", lambda target, bugs: [])
    assert verb.bugs(make_settings(), ["tcg-int1-ud"]) == 1
    assert "nothing was looked for: " in capsys.readouterr().out and not (tmp_path / "report").exists()
    (unknown,) = [check for check in checks() if check.cell is Cell.UNKNOWN]
    monkeypatch.setattr(verb, "Platform", SimpleNamespace)
    monkeypatch.setattr(verb, "platforms_at_hand", lambda target, bugs: [unknown.platform])
    monkeypatch.setattr(verb, "check_all", lambda bugs, search: [unknown])
    assert verb.bugs(make_settings(), ["tcg-int1-ud"]) == 1
    assert "\n1 ?\n" in capsys.readouterr().out


def test_looking_for_bugs_leaves_a_page(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(verb, "PAGE", tmp_path / "report" / "index.html")
    monkeypatch.setattr(verb, "make_room", lambda console, settings: None)
    monkeypatch.setattr(verb, "platforms_at_hand", lambda target, bugs: [])
    found = checks()
    monkeypatch.setattr(verb, "Platform", SimpleNamespace)
    monkeypatch.setattr(verb, "platforms_at_hand", lambda target, bugs: [found[0].platform])
    monkeypatch.setattr(verb, "check_all", lambda bugs, search: found)
    assert verb.bugs(make_settings(), ["tcg-int1-ud"]) == 1
    assert "Red: in 1 place the files of bugs/ are not right." in (tmp_path / "report" / "index.html").read_text()
    assert capsys.readouterr().out.endswith(f"each of these, with both logs: {tmp_path}/report/index.html\n")
