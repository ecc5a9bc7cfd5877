# SPDX-License-Identifier: BSD-2-Clause
"""Whose verdict the end of a boot is: the case that ran, the next, all that are left, or the script that gdb left."""

import signal
import threading
from pathlib import Path

import pytest

from harness.catalogue.image import Image, read_images
from harness.judging.result import Judgement, Result, Verdict
from harness.platform import Unusable, find_platforms
from harness.runs.runner import MOST_IN_VAIN, Group, Runner
from harness.system import process
from harness.system.errors import Stopped, WrongQuestion
from harness.verbs.common import run_groups
from harness.vm.outcome import Outcome

CASES = ["a@m", "b@m", "c@m"]
DONE = [line for case in CASES for line in (f"begin {case}", f"end {case}")]


def outcome_of(ending: Verdict | None, lines: list[str]) -> Outcome:
    outcome = Outcome()
    for line in ["trapline 1 cases=3", *lines]:
        outcome.take(line)
    if ending:
        outcome.end(ending, "")
    return outcome


@pytest.mark.parametrize("ending", [Verdict.RESET, Verdict.CRASH, Verdict.BACKEND, Verdict.HANG, Verdict.CUT])
@pytest.mark.parametrize(
    "lines, victims",
    [
        pytest.param(["begin a@m"], ["a@m"], id="within a case"),
        pytest.param(["begin a@m", "end a@m"], ["b@m"], id="between two"),
        pytest.param(["begin a@m", "end a@m", "begin b@"], ["b@m"], id="in a torn line"),
        pytest.param(["begin b@m", "end b@m"], ["a@m"], id="behind one that came too early"),
        pytest.param(["begin a@m", "end a@m", "begin x@m"], ["b@m"], id="within one that nobody asked for"),
        pytest.param(DONE, ["c@m"], id="after the last"),
        pytest.param([], CASES, id="before the first"),
    ],
)
def test_whose_verdict_an_ending_is(ending, lines, victims):
    assert Runner._victims(CASES, outcome_of(ending, lines)) == victims


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
    assert Runner._victims(CASES, outcome_of(None, lines)) == victims


def test_a_log_whose_lines_are_lost_says_nothing_of_more_than_one_case():
    outcome = outcome_of(Verdict.RESET, [])
    outcome.lost = True
    assert Runner._victims(CASES, outcome) == ["a@m"]


@pytest.mark.parametrize(
    "lines, victims",
    [
        pytest.param([], CASES, id="before the first"),
        pytest.param(["begin a@m", "end a@m", "begin b@m"], CASES[1:], id="within a case"),
        pytest.param(DONE, ["c@m"], id="after the last"),
    ],
)
def test_what_says_nothing_of_the_guest_is_of_all_that_are_left(lines, victims):
    assert Runner._victims(CASES, outcome_of(Verdict.UNUSABLE, lines)) == victims


def test_what_was_seen_before_gdb_died_is_of_no_case():
    outcome = outcome_of(None, ["begin a@m", "end a@m", "begin b@m"])
    outcome.make_void("gdb has died")
    assert Runner._victims(CASES, outcome) == CASES


def script(mode: str = "script") -> Group:
    return Group(None, mode, Image(Path("guest64.elf"), tuple(CASES)))


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
        pytest.param(["", "a@m"], "a@m", id="the first"),
        pytest.param(["", "a@m", "b@m"], "b@m", id="a later one"),
        pytest.param(["a@m", "b@m", "c@m", "x@m"], "c@m", id="one that nobody asked for"),
        pytest.param([""], "", id="none"),
    ],
)
def test_which_script_gdb_has_not_come_through(come_to, failed):
    assert Runner._failed_script(script(), CASES, without_gdb(*come_to)) == failed


def test_what_gdb_said_in_a_script_shows_that_it_came_to_it():
    outcome = without_gdb("a@m")
    outcome.take_from_debugger("b@m", "stop cpu=0 rip=start")
    assert Runner._failed_script(script(), CASES, outcome) == "b@m"


def test_in_other_modes_gdb_has_no_script_to_fail_in():
    assert Runner._failed_script(script("step"), CASES, without_gdb("a@m")) == ""


@pytest.mark.parametrize("ending", [None, *(verdict for verdict in Verdict if verdict is not Verdict.UNUSABLE)])
def test_a_script_has_not_failed_where_the_guest_ended(ending):
    outcome = outcome_of(ending, ["begin a@m"])
    outcome.take_case("a@m")
    assert Runner._failed_script(script(), CASES, outcome) == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cases/int/int3.log", "bugs/one.toml"])
def test_a_broken_file_is_known_before_a_vm_runs(settings, monkeypatch, tmp_path, name):
    for folder in ("cases/int", "bugs"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / name).write_text('"int3"')
    monkeypatch.setattr("harness.runs.runner.ROOT", tmp_path)
    monkeypatch.setattr("harness.runs.runner.CASES", tmp_path / "cases")
    monkeypatch.setattr(Runner, "_boot", lambda *_: pytest.fail("a VM ran"))
    (platform,) = find_platforms(settings.target, "tcg")
    image = read_images()[0].narrowed(["int3@kernel32"].__contains__)
    with pytest.raises(WrongQuestion, match=name):
        Runner(1, settings.deadlines).run(Group(platform, "detached", image))


@pytest.mark.slow
def test_a_case_that_a_platform_refuses_is_unusable_beside_one_that_runs(runner, settings, monkeypatch):
    (platform,) = find_platforms(settings.target, "tcg")
    refused = {"int_n@kernel32": "it ends the host"}
    monkeypatch.setattr(platform, "refusal", lambda case, debugger: refused.get(case, ""))
    image = read_images()[0].narrowed(["int3@kernel32", *refused].__contains__)
    results = {result.case: result for result in runner.run(Group(platform, "detached", image))}
    assert results["int3@kernel32"].verdict is Verdict.PASS
    assert results["int_n@kernel32"].verdict is Verdict.UNUSABLE
    assert results["int_n@kernel32"].reason == "it ends the host"


@pytest.mark.parametrize(
    "endings, boots",
    [
        pytest.param(["error"] * 20, MOST_IN_VAIN, id="always"),
        pytest.param(["error"] * 4 + [""] + ["error"] * 15, 4 + 1 + MOST_IN_VAIN, id="but for one"),
        pytest.param(["error", "other"] * 10, 20, id="for another reason each time"),
        pytest.param([""] * 20, 20, id="never"),
    ],
)
def test_a_backend_that_fails_at_once_is_not_booted_for_ever(runner, monkeypatch, tmp_path, endings, boots):
    """In each VM, one case; where the ending is empty, it passes."""
    cases = tuple(f"c{number}@kernel32" for number in range(20))
    group = Group(Unusable(name="kvm", reason=""), "detached", Image(Path("guest32.elf"), cases))
    group.platform.refusal = lambda case, debugger: ""
    booted = []

    def boot(self, group, remaining):
        booted.append(remaining[0])
        ending = endings[len(booted) - 1]
        verdict = Verdict.BACKEND if ending else Verdict.PASS
        return [Result(remaining[0], "kvm", "detached", Judgement(verdict, ending))]

    monkeypatch.setattr(Runner, "_boot", boot)
    runner.record._runs = tmp_path
    results = runner.run(group)
    assert len(booted) == boots and [result.case for result in results] == list(cases)
    assert [result.verdict for result in results[boots:]] == [Verdict.UNUSABLE] * (20 - boots)
    words = f"not run: {MOST_IN_VAIN} VMs in a row ended in their first case: error"
    assert all(result.reason == words for result in results[boots:])


def test_all_that_is_settled_is_there_however_the_iteration_ends(runner, monkeypatch):
    groups = [Group(Unusable(name=name, reason=""), "detached", Image(Path("x"), ("a@m",))) for name in "abcd"]

    def boots(self, group):
        if group.platform.name == "c":
            raise RuntimeError("a fault of ours")
        yield [Result("a@m", group.platform.name, "detached", Judgement(Verdict.PASS))]

    monkeypatch.setattr(Runner, "_boots", boots)
    monkeypatch.setattr(process, "stop_all", lambda: None)
    results: list[Result] = []
    with pytest.raises(RuntimeError):
        for _ in runner.run_all(groups, results):
            pass
    assert {"a", "b"} <= {result.platform for result in results} <= {"a", "b", "d"}


def test_a_signal_between_two_results_waits_for_what_runs(settings, monkeypatch):
    """Whoever handles it still holds its traceback, and with that the iteration."""
    groups = [Group(Unusable(name=name, reason=""), "detached", Image(Path("x"), ("a@m",))) for name in "ab"]
    begun, over = threading.Event(), threading.Event()
    for group in groups:
        group.platform.pace = 1.0

    def boots(self, group):
        if group.platform.name == "a":
            begun.wait(60)
        else:
            begun.set()
            over.wait(60)
        yield [Result("a@m", group.platform.name, "detached", Judgement(Verdict.PASS))]

    def stop(meter, platform):
        raise Stopped(signal.SIGINT)

    monkeypatch.setattr(Runner, "_boots", boots)
    monkeypatch.setattr(process, "stop_all", over.set)
    results: list[Result] = []
    with pytest.raises(Stopped) as stopped:
        run_groups(Runner(2, settings.deadlines), groups, results, stop)
    assert stopped.tb and {result.platform for result in results} == {"a", "b"}


def test_a_signal_whose_exception_was_lost_ends_the_wait_all_the_same(runner, monkeypatch):
    """Its handler raises in whatever runs, and that may be code that takes any exception for its own."""
    over = threading.Event()

    def boots(self, group):
        over.wait(60)
        yield []

    monkeypatch.setattr(Runner, "_boots", boots)
    monkeypatch.setattr(process, "stop_all", over.set)
    monkeypatch.setattr(process, "_asked", [])
    with pytest.raises(Stopped):
        process.on_stop(signal.SIGTERM, None)
    group = Group(Unusable(name="kvm", reason=""), "detached", Image(Path("x"), ("a@m",)))
    with pytest.raises(Stopped) as stopped:
        list(runner.run_all([group], []))
    assert stopped.value.number == signal.SIGTERM and over.is_set()
