# SPDX-License-Identifier: BSD-2-Clause
"""Groups of cases on real VMs: what is refused, given up, or stopped, and that nothing settled is lost."""

import json
import signal
import threading
from pathlib import Path

import pytest

from harness.catalogue.image import Image, read_images
from harness.catalogue.required import RequiredLogs
from harness.judging.result import Judgement, Result, Verdict
from harness.platform import Unusable, find_platforms
from harness.platform.by_command import CommandPlatform
from harness.report.problems import find_problems
from harness.runs.merge import read_run
from harness.runs.runner import MOST_IN_VAIN, Group, Runner, _is_accident
from harness.system import process, signals
from harness.system.limits import Deadlines
from harness.system.places import CASES
from harness.system.errors import Stopped, WrongQuestion
from harness.tests.faults import fault
from harness.tests.guest_log import log_of
from harness.verbs.common import run_groups
from harness.vm.outcome import Outcome

REQUIRED = RequiredLogs(CASES)


@fault("file", "{name} is broken", "exit status 2: its name, before any VM runs")
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


@fault(
    "hypervisor",
    "a hypervisor that stops itself in each VM's first case",
    "unusable: not run: 5 VMs in a row ended in their first case",
)
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
        return tmp_path, [Result(remaining[0], "kvm", "detached", Judgement(verdict, ending))]

    monkeypatch.setattr(Runner, "_boot", boot)
    runner.record._runs = tmp_path
    results = runner.run(group)
    assert len(booted) == boots and [result.case for result in results] == list(cases)
    assert [result.verdict for result in results[boots:]] == [Verdict.UNUSABLE] * (20 - boots)
    words = f"not run: {MOST_IN_VAIN} VMs in a row ended in their first case: error"
    assert all(result.reason == words for result in results[boots:])


def accidents(tmp_path: Path, text: str, multiplier: float = 1) -> list[Result]:
    """The results of three cases on a hypervisor that is a shell script, that notes each start."""
    program = tmp_path / "boot"
    program.write_text(f"#!/bin/sh\ncd '{tmp_path}'; echo >>booted; {text}\n")
    program.chmod(0o755)
    platform = CommandPlatform(
        name="mine", program=str(program), description="", facts={}, versions={}, words=["boot", "{image}"], good=[0]
    )
    cases = ("int3@kernel32", "icebp@kernel32", "int_n@kernel32")
    log = log_of({case: REQUIRED.lines(case, "") for case in cases})
    (tmp_path / "log").write_text("\n".join([*log, ""]))
    (tmp_path / "rest").write_text("\n".join([*log_of({cases[-1]: REQUIRED.lines(cases[-1], "")}), ""]))
    runner = Runner(1, Deadlines(multiplier))
    runner.record._runs = tmp_path / "runs"
    image = read_images()[0].narrowed(cases.__contains__)
    assert set(image.cases) == set(cases)
    return runner.run(Group(platform, "detached", image))


@fault(
    "hypervisor",
    "a hypervisor that is killed before the first case, once",
    "pass: booted twice, as the first VM ended before its first case: boot died of SIGKILL",
)
def test_one_death_before_the_first_case_is_an_accident(tmp_path):
    """The VM is booted again, and that is told: on the terminal, in verdict.json, and in JSON=."""
    results = accidents(tmp_path, "[ -e started ] || { : >started; kill -KILL $$; }; cat log")
    assert {result.verdict for result in results} == {Verdict.PASS}
    assert (tmp_path / "booted").read_text().count("\n") == 2
    (told,) = [result for result in results if result.judgement.remarks]
    (words,) = told.judgement.remarks
    assert words.startswith("detached: booted twice, as the first VM ended before its first case: boot died of SIGKILL")
    assert find_problems(results).remarks == [("mine", told.name, words)]
    folders = sorted(told.run.parent.glob("mine-*"))
    assert [json.loads((folder / "verdict.json").read_text()) == [] for folder in folders] == [True, False]
    assert words.endswith(f": see {folders[0]}") and told.run == folders[1]
    assert told.as_json()["remarks"] == [words]
    merged = read_run(str(told.run.parent))[1]
    assert {result.verdict for result in merged} == {Verdict.PASS} and len(merged) == 3


@fault(
    "hypervisor",
    "a hypervisor that is killed before the first case, twice",
    "crash: boot died of SIGKILL: without a word, before the first case",
)
def test_two_are_a_finding(tmp_path):
    """At once: neither a third boot, nor one for each case that is left."""
    results = accidents(tmp_path, "kill -KILL $$")
    assert (tmp_path / "booted").read_text().count("\n") == 2
    assert {(result.verdict, result.reason) for result in results} == {
        (Verdict.CRASH, "boot died of SIGKILL: without a word, before the first case")
    }
    assert [bool(result.judgement.remarks) for result in results] == [True, False, False]


@fault(
    "hypervisor",
    "a hypervisor that hangs before the first case, once",
    "pass: booted twice, as the first VM ended before its first case: no line for 60 s",
)
@pytest.mark.slow
def test_one_hang_before_the_first_case_is_an_accident(tmp_path):
    results = accidents(tmp_path, "[ -e started ] || { : >started; exec sleep 60; }; cat log", 0.05)
    assert {result.verdict for result in results} == {Verdict.PASS}
    assert (tmp_path / "booted").read_text().count("\n") == 2
    (words,) = [remark for result in results for remark in result.judgement.remarks]
    assert "booted twice, as the first VM ended before its first case: no line for 3 s: see " in words


@fault(
    "hypervisor",
    "a hypervisor that hangs before the first case, twice",
    "hang: no line for 60 s, before the first case",
)
@pytest.mark.slow
def test_two_hangs_are_a_finding(tmp_path):
    results = accidents(tmp_path, "exec sleep 60", 0.05)
    assert (tmp_path / "booted").read_text().count("\n") == 2
    assert {(result.verdict, result.reason) for result in results} == {
        (Verdict.HANG, "no line for 3 s, before the first case")
    }


@pytest.mark.parametrize("text", ["sed '/^begin icebp/q' log; kill -KILL $$", "exit 1"], ids=["in a case", "a refusal"])
def test_other_deaths_are_no_accidents(tmp_path, text):
    results = accidents(tmp_path, f"[ -e started ] || {{ : >started; {text}; }}; cat rest")
    assert not any(result.judgement.remarks for result in results)
    assert sum(not result.verdict.green for result in results) in (1, 3)


def test_a_known_death_is_no_accident():
    """It is an answer, as of `repro`: a second boot might not show it."""
    outcome = Outcome()
    outcome.end(Verdict.CRASH, "QEMU died of SIGABRT")
    crash, known = (Result("a@m", "kvm", "detached", Judgement(verdict)) for verdict in (Verdict.CRASH, Verdict.KNOWN))
    assert _is_accident(outcome, [crash]) and not _is_accident(outcome, [crash, known])


@fault("own", "a fault while a run has results", "the results are told")
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


@fault("stop", "Ctrl-C between two results", "what runs is stopped and told", 120)
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


@fault("stop", "SIGTERM whose exception a library has swallowed", "exit status 143", 120)
def test_a_signal_whose_exception_was_lost_ends_the_wait_all_the_same(runner, monkeypatch):
    """Its handler raises in whatever runs, and that may be code that takes any exception for its own."""
    over = threading.Event()

    def boots(self, group):
        over.wait(60)
        yield []

    monkeypatch.setattr(Runner, "_boots", boots)
    monkeypatch.setattr(process, "stop_all", over.set)
    monkeypatch.setattr(signals, "_asked", [])
    with pytest.raises(Stopped):
        signals.on_stop(signal.SIGTERM, None)
    group = Group(Unusable(name="kvm", reason=""), "detached", Image(Path("x"), ("a@m",)))
    with pytest.raises(Stopped) as stopped:
        list(runner.run_all([group], []))
    assert stopped.value.number == signal.SIGTERM and over.is_set()
