# SPDX-License-Identifier: BSD-2-Clause
"""Whose verdict the end of a boot is: the case that ran, the next, all that are left, or the script that gdb left."""

from pathlib import Path

import pytest

from harness.catalogue.image import Image
from harness.judging.result import Verdict
from harness.runs.settle import settle
from harness.tests.faults import fault
from harness.vm.outcome import Outcome

CASES = ["a@m", "b@m", "c@m"]
DONE = [line for case in CASES for line in (f"begin {case}", f"end {case}")]


def outcome_of(ending: Verdict | None, lines: list[str]) -> Outcome:
    outcome = Outcome()
    for line in ["trapline 1 mode=kernel32 cpus=1 cases=3", *lines]:
        outcome.take(line.encode())
    if ending:
        outcome.end(ending, "")
    return outcome


def victims_of(outcome: Outcome, debugger: str = "detached") -> list[str]:
    """The cases that the boot's ending is the verdict of."""
    settled = settle(Image(Path("guest64.elf"), tuple(CASES)), debugger, CASES, outcome)
    return [case for case, seen in settled.evidence.items() if seen.ending]


@pytest.mark.parametrize("ending", [Verdict.RESET, Verdict.CRASH, Verdict.BACKEND, Verdict.HANG, Verdict.CUT])
@pytest.mark.parametrize(
    "lines, victims",
    [
        pytest.param(["begin a@m"], ["a@m"], id="within a case"),
        pytest.param(["begin a@m", "end a@m"], ["b@m"], id="between two"),
        pytest.param(["begin a@m", "end a@m", "begin b@"], ["b@m"], id="in a torn line"),
        pytest.param(["begin b@m", "end b@m"], ["a@m"], id="behind one that came too early"),
        pytest.param(["begin a@m", "end a@m", "begin x@m"], ["b@m"], id="within one that nobody asked for"),
        pytest.param(DONE, ["bye@kernel64"], id="after the last"),
        pytest.param([], CASES, id="before the first"),
    ],
)
def test_whose_verdict_an_ending_is(ending, lines, victims):
    assert victims_of(outcome_of(ending, lines)) == victims


@fault("guest", "a guest whose command line does not reach it", "unusable: the guest ran x@m, and was not asked to")
@pytest.mark.parametrize("ending", [None, Verdict.CRASH])
def test_a_guest_that_is_not_told_what_to_run_says_nothing(ending):
    """It would run all that there is, and what ends it would be held against cases that it never came to."""
    image = Image(Path("guest64.elf"), tuple(CASES), ("x@m", *CASES))
    settled = settle(image, "detached", CASES, outcome_of(ending, ["begin x@m", "end x@m", "begin a@m"]))
    assert [case for case, seen in settled.evidence.items() if seen.ending] == CASES
    assert settled.ending.verdict == "unusable"
    assert settled.ending.reason.startswith("the guest ran x@m, and was not asked to: does its command line")


@pytest.mark.parametrize(
    "lines, victims",
    [
        pytest.param([], CASES, id="all"),
        pytest.param(["begin a@m", "end a@m"], CASES[1:], id="all but one"),
        pytest.param(["begin b@m", "end b@m"], ["a@m", "c@m"], id="some"),
        pytest.param(DONE, [], id="none"),
    ],
)
def test_what_the_guest_leaves_out(lines, victims):
    assert victims_of(outcome_of(None, lines)) == victims


def test_a_log_whose_lines_are_lost_says_nothing_of_more_than_one_case():
    outcome = outcome_of(Verdict.RESET, [])
    outcome.lost = True
    assert victims_of(outcome) == ["a@m"]


@pytest.mark.parametrize(
    "lines, victims",
    [
        pytest.param([], CASES, id="before the first"),
        pytest.param(["begin a@m", "end a@m", "begin b@m"], CASES[1:], id="within a case"),
        pytest.param(DONE, ["bye@kernel64"], id="after the last"),
    ],
)
def test_what_says_nothing_of_the_guest_is_of_all_that_are_left(lines, victims):
    assert victims_of(outcome_of(Verdict.UNUSABLE, lines)) == victims


def test_what_was_seen_before_gdb_died_is_of_no_case():
    outcome = outcome_of(None, ["begin a@m", "end a@m", "begin b@m"])
    outcome.make_void("gdb has died")
    assert victims_of(outcome) == CASES


def without_gdb(*come_to: str) -> Outcome:
    """The outcome of a boot in which gdb came to these cases, and died."""
    outcome = outcome_of(None, [])
    for case in come_to:
        outcome.take_case(case)
    outcome.make_void("gdb has died")
    return outcome


@pytest.mark.parametrize(
    "come_to, failed",
    [
        pytest.param(["", "a@m"], ["a@m"], id="the first"),
        pytest.param(["", "a@m", "b@m"], ["b@m"], id="a later one"),
        pytest.param(["a@m", "b@m", "c@m", "x@m"], ["c@m"], id="one that nobody asked for"),
        pytest.param([""], CASES, id="none"),
    ],
)
def test_which_script_gdb_has_not_come_through(come_to, failed):
    assert victims_of(without_gdb(*come_to), "script") == failed


def test_what_gdb_said_in_a_script_shows_that_it_came_to_it():
    outcome = without_gdb("a@m")
    outcome.take_from_debugger("b@m", "stop cpu=0 rip=start")
    assert victims_of(outcome, "script") == ["b@m"]


def test_in_other_modes_gdb_has_no_script_to_fail_in():
    assert victims_of(without_gdb("a@m"), "attached") == CASES


@pytest.mark.parametrize("ending", [None, *(verdict for verdict in Verdict if verdict is not Verdict.UNUSABLE)])
def test_a_script_has_not_failed_where_the_guest_ended(ending):
    outcome = outcome_of(ending, ["begin a@m"])
    outcome.take_case("a@m")
    alone = outcome_of(ending, ["begin a@m"])
    assert victims_of(outcome, "script") == (victims_of(alone) if ending else [])
