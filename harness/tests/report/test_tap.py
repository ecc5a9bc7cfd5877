# SPDX-License-Identifier: BSD-2-Clause
"""Results in TAP: a point for each, and no word from outside that is a directive or a line of its own."""

import json
import re
from dataclasses import replace

import pytest

from harness.judging.result import Judgement, Named, Result, Verdict
from harness.report.tap import points
from harness.tests.report.kept import nasty_run


def result(verdict: Verdict, *bugs: str, **logs) -> Result:
    judgement = Judgement(verdict, "why", bugs=tuple(Named(bug, "title") for bug in bugs))
    return Result("int3@kernel64", "tcg", "detached", judgement, **logs)


def test_each_result_is_a_point():
    results = [
        result(Verdict.PASS),
        result(Verdict.KNOWN, "one", "two"),
        result(Verdict.DIFFERS, seen=["a c"], required=["a b"]),
    ]
    assert points(results) == (
        "TAP version 13\n"
        "1..3\n"
        "ok 1 - int3@kernel64 on tcg detached\n"
        "not ok 2 - int3@kernel64 on tcg detached # TODO known: one, two\n"
        "not ok 3 - int3@kernel64 on tcg detached\n"
        "  ---\n"
        '  verdict: "differs"\n'
        '  said: ["int3@kernel64 on tcg detached: differs: why", "    - a [[b]]", "    + a [[c]]"]\n'
        "  ...\n"
    )


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if not verdict.green], ids=lambda each: each.value)
def test_what_is_not_green_fails(verdict):
    point = points([result(verdict, seen=["a"], required=["b"])]).splitlines()[2]
    assert point.startswith("not ok 1 - ") and "#" not in point


@pytest.mark.parametrize("name", ["a # TODO b", r"a \# TODO b", r"a \\# skip b", "a\\"])
def test_no_backslash_makes_a_directive(name):
    """Perl's reader, prove, takes a backslash and what follows it for one; after these, # begins what fails nobody."""
    point = points([replace(result(Verdict.CRASH), platform=name)]).splitlines()[2]
    assert "#" not in re.sub(r"\\.", "", point)
    assert re.sub(r"\\(.)", r"\1", point) == f"not ok 1 - int3@kernel64 on {name} detached"


def test_nothing_that_comes_from_outside_is_a_directive_or_a_line(tmp_path):
    lines = points(nasty_run(tmp_path)[1]).splitlines()
    assert lines[1] == "1..4"
    assert all(line.isprintable() for line in lines)
    tops = [line for line in lines[2:] if not line.startswith("  ")]
    assert [line.partition(" - ")[0] for line in tops] == [f"not ok {number}" for number in (1, 2, 3, 4)]
    assert [line.count(" # TODO known: ") for line in tops] == [len(re.findall(r"(?<!\\)#", line)) for line in tops]
    assert sum(" # TODO known: " in line for line in tops) == 1
    assert sum(json.loads(line.partition(": ")[2]) != "" for line in lines if line.startswith("  said: ")) == 3
