# SPDX-License-Identifier: BSD-2-Clause
"""What programs are told: a line of JSON, and annotations that say the words of the logs and command nothing else."""

import json
from pathlib import Path

from harness.judging.result import Judgement, Named, Result, Verdict
from harness.report.for_scripts import LONGEST_ANNOTATION, MOST_ANNOTATIONS, annotations, summary_line
from harness.report.tap import points
from harness.runs.diff import diff
from harness.tests.report.kept import nasty_run


def result(case: str, verdict: Verdict, platform: str = "tcg", **more) -> Result:
    return Result(f"{case}@kernel64", platform, "detached", Judgement(verdict, **more))


def test_the_summary_is_one_line_with_what_each_platform_gave():
    bugs = (Named("b", "B"), Named("a", "A"))
    results = [
        result("one", Verdict.PASS),
        result("two", Verdict.KNOWN, bugs=bugs),
        result("three", Verdict.KNOWN, bugs=bugs[:1]),
        result("one", Verdict.CRASH, "kvm"),
    ]
    text = summary_line(results)
    assert text.count("\n") == 1 and text.endswith("\n")
    assert json.loads(text) == {
        "green": False,
        "results": 4,
        "platforms": {
            "tcg": {"verdicts": {"pass": 1, "known": 2}, "bugs": {"a": 1, "b": 2}},
            "kvm": {"verdicts": {"crash": 1}, "bugs": {}},
        },
    }
    assert json.loads(summary_line(results[:3]))["green"]


def test_what_is_green_has_no_annotation():
    assert annotations([result("one", Verdict.PASS), result("two", Verdict.KNOWN, bugs=(Named("b", "B"),))]) == []


def test_an_annotation_has_both_logs():
    seen = Result(
        "one@kernel64", "tcg", "detached", Judgement(Verdict.DIFFERS, "50% off"), seen=["a c"], required=["a b"]
    )
    assert annotations([seen]) == [
        "::error title=one@kernel64 on tcg::one@kernel64 on tcg detached: differs: 50%25 off%0A"
        "    - a [[b]]%0A    + a [[c]]"
    ]


def test_what_programs_read_has_no_colours(monkeypatch):
    """As GitHub's runners and others' set it, for what a person reads."""
    results = [
        Result("int3@kernel64", "tcg", "", Judgement(Verdict.DIFFERS), run=Path("vm"), seen=["a"], required=["b"])
    ]
    before = annotations(results), points(results)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert (annotations(results), points(results)) == before and "[[a]]" in before[0][0] + before[1]


def test_the_gravest_come_first_and_the_others_are_counted():
    causes = [result("one", Verdict.HANG, cause=f"cause {number}") for number in range(20)]
    lines = annotations([*causes, result("two", Verdict.CRASH, cause="x" * 9999)])
    assert len(lines) == MOST_ANNOTATIONS
    assert "two@kernel64 on tcg::" in lines[0] and len(lines[0]) < LONGEST_ANNOTATION + 100
    assert lines[-1] == "::error title=Trapline::and 12 more results that are not green"


def test_of_two_runs_what_got_worse_alone_is_annotated():
    """However wrong the rest is; a bug that is known is one more where all was well."""
    known = Result("four@kernel64", "tcg", "detached", Judgement(Verdict.KNOWN, bugs=(Named("b", "B"),)))
    logs = {"seen": ["a c"], "required": ["a b"]}
    worse = Result("two@kernel64", "tcg", "detached", Judgement(Verdict.DIFFERS), **logs)
    before = [result("one", Verdict.HANG), *(result(case, Verdict.PASS) for case in ("two", "four"))]
    after = [result("one", Verdict.CRASH), worse, result("three", Verdict.HANG), known]
    assert annotations(after, diff(before, after)) == [
        "::error title=two@kernel64 on tcg::worse: two@kernel64 on tcg detached: pass, now differs%0A"
        "two@kernel64 on tcg detached: differs%0A    - a [[b]]%0A    + a [[c]]",
        "::error title=four@kernel64 on tcg::worse: four@kernel64 on tcg detached: pass, now known (b)%0A"
        "four@kernel64 on tcg detached: known (b)",
    ]
    assert annotations(before, diff(before, before)) == []


def test_a_baseline_with_which_nothing_can_be_compared_is_annotated():
    after = [result("one", Verdict.PASS)]
    (line,) = annotations(after, diff([result("two", Verdict.PASS)], after))
    assert line.startswith("::error title=Trapline::nothing worse, ") and "nothing that can be compared" in line


def test_nothing_that_comes_from_outside_is_a_command(tmp_path):
    lines = annotations(nasty_run(tmp_path)[1])
    assert lines and all(line.isprintable() and line.count("::") == 2 for line in lines)
