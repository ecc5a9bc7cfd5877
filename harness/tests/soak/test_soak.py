# SPDX-License-Identifier: BSD-2-Clause
"""What `make soak` takes for lost, double and false, and what for the price of a fault."""

import os

import pytest

from harness.tests.soak.check import faults_of
from harness.tests.soak.draw import KINDS, draw
from harness.tests.soak.faults import qemus_of

ASKED = {("a@kernel32", "detached"), ("b@kernel32", "detached"), ("c@kernel32", "detached")}
LOG = "trapline 1 mode=kernel32 cpus=1 cases=2\nbegin a@kernel32\nend a@kernel32\nbegin b@kernel32\nended by=crash\n"


@pytest.fixture
def run(tmp_path):
    """What gives the results of a run whose first VM died in b; some of them as a test wants them."""
    (tmp_path / "serial.log").write_text(LOG)

    def results(**others: dict) -> list[dict]:
        plain = {"mode": "kernel32", "debugger": "detached", "verdict": "pass", "reason": "", "bug": ""}
        return [plain | {"case": case, "run": str(tmp_path)} | others.get(case, {}) for case in "abc"]

    return results


KILLED = {"verdict": "crash", "reason": "QEMU died of SIGKILL: without a word"}


def test_a_run_that_nothing_befell_costs_nothing(run):
    assert faults_of(run(), run(), ASKED, ["pause", "load", "noise"]) == ([], 0)


def test_a_kill_costs_the_case_that_was_running(run):
    assert faults_of(run(b=KILLED), run(), ASKED, ["kill"]) == ([], 1)


@pytest.mark.parametrize(
    "case, words",
    [
        ("a", "a@kernel32 in detached: crash, but b@kernel32 was running"),
        ("c", "c@kernel32 in detached: crash, but b@"),
    ],
    ids=["before it", "after it"],
)
def test_another_case_is_not_the_one_to_pay(run, case, words):
    (found,), cost = faults_of(run(**{case: KILLED}), run(), ASKED, ["kill"])
    assert words in found and cost == 0


def test_a_vm_that_left_no_log_is_held_to_nobody_else(run, tmp_path):
    (tmp_path / "serial.log").unlink()
    assert faults_of(run(a=KILLED), run(), ASKED, ["kill"]) == ([], 1)


def test_a_kill_pays_for_one_case(run):
    (found,), cost = faults_of(run(b=KILLED, c=KILLED), run(), ASKED, ["kill"])
    assert "c@kernel32 in detached: crash" in found and "no fault explains" in found and cost == 1


def test_what_any_words_explain_leaves_others_theirs(run):
    """A flood's hang is not a stop's, which could explain it too: the stop has its own, of another VM."""
    flooded = {"verdict": "hang", "reason": "more than 16777216 bytes of log", "run": "/nowhere"}
    stopped = {"verdict": "hang", "reason": "no line for 10 s"}
    assert faults_of(run(a=flooded, b=stopped), run(), ASKED, ["stop", "flood"]) == ([], 2)


def test_a_stop_before_gdb_has_connected_is_all_cases(run):
    late = {"verdict": "unusable", "reason": "gdb has not connected within 10 s: see gdb.log"}
    assert faults_of(run(a=late, b=late, c=late), run(), ASKED, ["stop"]) == ([], 3)
    assert faults_of(run(a=late), run(), ASKED, ["kill"])[0]


def test_a_kill_before_the_first_case_is_all_cases(run):
    early = KILLED | {"reason": f"{KILLED['reason']}, before the first case"}
    assert faults_of(run(a=early, b=early, c=early), run(), ASKED, ["kill"]) == ([], 3)


@pytest.mark.parametrize("struck", [[], ["pause"], ["noise"], ["load"], ["flood"]])
def test_what_no_fault_explains_is_false(run, struck):
    (found,), cost = faults_of(run(b=KILLED), run(), ASKED, struck)
    assert "which no fault explains, undisturbed pass" in found and cost == 0


def test_another_bug_is_false_too(run):
    bug = {"verdict": "known", "bug": "one"}
    assert faults_of(run(b=bug | {"bug": "other"}), run(b=bug), ASKED, ["kill"])[0]
    assert faults_of(run(b=bug), run(b=bug), ASKED, ["kill"]) == ([], 0)


def test_what_is_lost_double_or_too_much_is_found(run):
    assert faults_of(run()[:2], run(), ASKED, ["kill"])[0] == ["c@kernel32 in detached: lost"]
    assert faults_of([*run(), run()[0]], run(), ASKED, ["kill"])[0] == ["a@kernel32 in detached: 2 times"]
    stranger = run(a={"case": "z"})[:1]
    assert faults_of([*run(), *stranger], run(), ASKED, [])[0] == ["z@kernel32 in detached: nobody asked for it"]


def test_a_seed_draws_the_same_each_time_and_each_kind_of_fault_comes():
    everything = [f"{name}@kernel32" for name in "abcdefgh"]
    drawn = [draw(seed, everything) for seed in range(100)]
    assert drawn == [draw(seed, everything) for seed in range(100)]
    assert {fault.kind for each in drawn for fault in each.faults} == set(KINDS)
    assert all(each.asked for each in drawn)


def test_processes_that_end_while_they_are_looked_at_are_passed_over(monkeypatch):
    """In /proc a folder that has just been listed may be gone."""
    list_folder, gone = os.scandir, []

    def late(path="."):
        if str(path) == f"/proc/{os.getpid()}/task":
            gone.append(path)
            raise FileNotFoundError
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", late)
    assert qemus_of(os.getpid()) == [] and isinstance(qemus_of("*"), list) and len(gone) == 2
