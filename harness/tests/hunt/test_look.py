# SPDX-License-Identifier: BSD-2-Clause
"""What results say of a bug, and what that says of the bug's file."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.hunt import every_platform
from harness.hunt.every_platform import Cell, judge_file
from harness.hunt.look import Presence, anywhere, conclude
from harness.judging.bugs import Bug, Sighting
from harness.judging.explain import explained
from harness.judging.result import Judgement, Result, Verdict
from harness.judging.rewrite import Rewrite

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
def test_a_file_is_held_against_what_is_seen(monkeypatch, qemu, results, cell):
    monkeypatch.setattr(every_platform, "read_bugs", lambda directory: [BUG])
    platform = SimpleNamespace(name="tcg", facts=PLATFORM.facts | {"qemu": qemu})
    finding = conclude(BUG, platform, [result(seen, verdict=verdict) for seen, verdict in results])
    assert judge_file(BUG, platform, finding)[0] is cell


def test_two_looks_in_different_versions_are_not_exchanged(monkeypatch):
    """A file that says x=2 before 9 and x=3 since is wrong where 9.1 shows x=2."""
    later = Sighting({"case": "plain", "qemu": ">=9"}, rewrite=[Rewrite.read("x=1", "x=3")])
    bug = replace(BUG, seen=[*BUG.seen, later])
    monkeypatch.setattr(every_platform, "read_bugs", lambda directory: [bug])
    platform = SimpleNamespace(name="tcg", facts=PLATFORM.facts | {"qemu": "9.1"})
    assert judge_file(bug, platform, conclude(bug, platform, [result("x=2", bugs=[bug])]))[0] is Cell.NEW
    assert judge_file(bug, platform, conclude(bug, platform, [result("x=3", bugs=[bug])]))[0] is Cell.PRESENT


def test_a_prediction_is_no_result(monkeypatch):
    predicted = Bug("p", "", [], [Sighting({"case": "plain"}, rewrite=[Rewrite.read("x=1", "x=2")], basis="source")])
    monkeypatch.setattr(every_platform, "read_bugs", lambda directory: [predicted])
    assert judge_file(predicted, PLATFORM, conclude(predicted, PLATFORM, []))[0] is Cell.PREDICTED
