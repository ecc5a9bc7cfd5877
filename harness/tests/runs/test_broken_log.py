# SPDX-License-Identifier: BSD-2-Clause
"""Guests whose lines are not where they belong: no such log is green, as it is run and as it is judged alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalogue.image import read_images, select
from harness.catalogue.required import RequiredLogs
from harness.judging.result import Verdict
from harness.platform.by_command import CommandPlatform
from harness.runs.runner import Group, Runner
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.system.places import CASES
from harness.tests.faults import fault
from harness.tests.guest_log import bye_of, log_of
from harness.verbs.judge import judge_log

REQUIRED = RequiredLogs(CASES)
IMAGE = select(read_images(), "int3,icebp", "kernel32")[0]
FIRST, LAST = IMAGE.cases
LOG = log_of({case: REQUIRED.lines(case, "") for case in IMAGE.cases})
PLAN, BYE = LOG[0], LOG[-1]
TRAP = "#UD cpu=0 rip=elsewhere dr6=ffff0ff0 dr7=00000400 flags=RF cs=kernel stack=elsewhere"

pytestmark = pytest.mark.slow


def block_of(case: str, change: Callable[[str], str] = str) -> list[str]:
    return [change(line) for line in LOG[LOG.index(f"begin {case}") : LOG.index(f"end {case}") + 1]]


def wrong(line: str) -> str:
    return line.replace("flags=-", "flags=CF")


def before(place: str, *more: str) -> list[str]:
    """The log with further lines before one."""
    number = LOG.index(place)
    return [*LOG[:number], *more, *LOG[number:]]


def counted(lines: list[str]) -> list[str]:
    """With its first and last line as if all blocks and traps that are there had to be."""
    bye, at = bye_of(lines), lines.index(BYE)
    cases = bye.split()[1]
    return [PLAN.replace("cases=2", cases), *lines[1:at], bye, *lines[at + 1 :]]


def run(folder: Path, lines: list[str]) -> list[Verdict]:
    """The verdicts, on a hypervisor that is a shell script."""
    (folder / "log").write_text("\n".join([*lines, ""]))
    (folder / "boot").write_text(f"#!/bin/sh\ncat '{folder}/log'\n")
    (folder / "boot").chmod(0o755)
    platform = CommandPlatform(
        name="mine",
        program=str(folder / "boot"),
        description="",
        facts={},
        versions={},
        words=["boot", "{image}"],
        good=[0],
    )
    runner = Runner(1, Deadlines())
    runner.record._runs = folder / "runs"
    return [result.verdict for result in runner.run(Group(platform, "detached", IMAGE))]


def judged(lines: list[str]) -> list[Verdict]:
    try:
        return [each.verdict for each in judge_log("\n".join([*lines, ""]), "log", REQUIRED, [])]
    except WrongQuestion:
        return [Verdict.UNUSABLE]


def test_a_log_that_is_not_broken(tmp_path):
    assert run(tmp_path, LOG) == judged(LOG) == [Verdict.PASS, Verdict.PASS]
    assert counted(LOG) == LOG


@fault("guest", "a guest that {id}", "red, by itself and by `judge`")
@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(before(f"begin {FIRST}", *block_of(FIRST, wrong)), id="runs a case twice, wrong the first time"),
        pytest.param(before(f"begin {LAST}", *block_of(FIRST, wrong)), id="runs a case twice, wrong the second time"),
        pytest.param(before(BYE, *block_of(FIRST, wrong)), id="runs a case again after another, wrong"),
        pytest.param(before(BYE, *block_of(FIRST)), id="runs a case again after another, right"),
        pytest.param(
            before(BYE, "begin int3@user64", "end int3@user64"), id="runs a case in a mode that its image has not"
        ),
        pytest.param(before(f"begin {FIRST}", TRAP), id="traps before the first case"),
        pytest.param(before(f"begin {LAST}", TRAP), id="traps between two cases"),
        pytest.param(before(BYE, TRAP), id="traps after the last case"),
        pytest.param([*LOG, TRAP], id="traps after its last word"),
        pytest.param([*LOG, *block_of(LAST, wrong)], id="runs a case after its last word"),
        pytest.param(before(BYE, "panic cpu=0 vector=13 name=#GP"), id="dumps what it has not met"),
        pytest.param([*LOG, "panic cpu=0"], id="panics after its last word"),
        pytest.param(before(BYE, BYE), id="has two last words"),
        pytest.param(before(f"begin {LAST}", BYE), id="has its last word too early, and again"),
        pytest.param(before(BYE, PLAN), id="begins anew without a word of the hypervisor's"),
        pytest.param(before(BYE, f"end {LAST}"), id="ends a case twice"),
        pytest.param(before(BYE, "ended crash bye@kernel32: it says so"), id="says itself how its machine has ended"),
    ],
)
def test_what_is_not_in_its_place_is_not_green(tmp_path, lines):
    """Whether or not the first and the last line count it."""
    for counts in (lines, counted(lines)):
        for verdicts in (run(tmp_path, counts), judged(counts)):
            assert not all(verdict.green for verdict in verdicts)


@fault("guest", "a guest whose {id}", "red, by itself and by `judge`")
@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([*LOG[:-1], BYE + "0"], id="last word counts other traps"),
        pytest.param([*LOG[:-1], BYE.partition(" traps")[0]], id="last word counts no traps"),
        pytest.param([*LOG[:-1], "bye"], id="last word counts nothing"),
        pytest.param([PLAN.replace("trapline 1", "trapline 2"), *LOG[1:]], id="log is of another version"),
        pytest.param([PLAN.replace("kernel32", "user32"), *LOG[1:]], id="kernel is in a mode that none has"),
        pytest.param([PLAN.replace("cpus=2", "cpus=0"), *LOG[1:]], id="machine has no CPU"),
    ],
)
def test_what_is_wrong_in_the_first_and_last_line_is_not_green(tmp_path, lines):
    for verdicts in (run(tmp_path, lines), judged(lines)):
        assert not all(verdict.green for verdict in verdicts)
