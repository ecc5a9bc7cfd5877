# SPDX-License-Identifier: BSD-2-Clause
"""What is kept in memory of results: all, until it is too much; and then that there was more."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.catalogue.image import Image
from harness.judging.result import Judgement, Nearest, Result, Verdict
from harness.platform import Unusable
from harness.runs.allowance import FREE, LINE, Allowance
from harness.runs.runner import Group, Runner
from harness.system.printable import CUT

LONG = [f"#DB {number}" for number in range(FREE)]
SHORT = LONG[:10]
DIFFERS = Judgement(Verdict.DIFFERS, "#DB 0 instead of nothing", nearest=Nearest(("bug",), LONG, LONG))


def result(seen: list[str], judgement: Judgement = Judgement(Verdict.DIFFERS)) -> Result:
    return Result("a@kernel64", "tcg", "detached", judgement, required=SHORT, seen=seen, debugger_seen=seen)


def size(lines: list[str]) -> int:
    return sum(len(line) + LINE for line in lines)


def test_what_is_short_costs_nothing():
    allowance = Allowance(0)
    assert all(allowance.keep(result(SHORT)) == result(SHORT) for _ in range(1000))


def test_what_is_long_is_whole_until_it_is_too_much():
    allowance = Allowance(2 * 2 * size(LONG) + 1)
    whole, too, cut = (allowance.keep(result(LONG)) for _ in range(3))
    assert whole == too == result(LONG)
    for lines in (cut.seen, cut.debugger_seen):
        assert lines[:-1] == LONG[: len(lines) - 1] and lines[-1] == CUT
    assert size(cut.seen) + size(cut.debugger_seen) <= FREE
    assert allowance.keep(result(SHORT)) == result(SHORT)


@pytest.mark.parametrize("given", [Allowance(0), Allowance(FREE)])
def test_what_bugs_foretell_counts_too(given):
    kept = given.keep(result(SHORT, DIFFERS))
    nearest = kept.judgement.nearest
    assert (kept.seen, kept.required, nearest.bugs) == (SHORT, SHORT, ("bug",))
    assert nearest.required[-1] == nearest.debugger_required[-1] == CUT
    assert replace(kept.judgement, nearest=None) == replace(DIFFERS, nearest=None)


def test_what_a_hypervisor_said_is_for_the_judge_alone():
    assert Allowance().keep(replace(result(SHORT), stderr="x")).stderr == ""


def test_the_verdict_s_file_has_what_is_not_kept(runner, monkeypatch, tmp_path):
    group = Group(Unusable(name="tcg", reason=""), "detached", Image(Path("guest64.elf"), ("a@kernel64",)))
    group.platform.refusal = lambda case, debugger: ""
    monkeypatch.setattr(Runner, "_boot", lambda *_: (tmp_path, [result(LONG)]))
    monkeypatch.setattr(Runner, "_read_ahead", lambda *_: None)
    monkeypatch.setattr(runner, "_allowance", Allowance(0))
    results: list[Result] = []
    assert len(list(runner.run_all([group], results))) == 2
    assert [kept.seen[-1] for kept in results] == [CUT]
    (written,) = json.loads((tmp_path / "verdict.json").read_text())
    assert written["seen"] == LONG
