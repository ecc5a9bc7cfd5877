# SPDX-License-Identifier: BSD-2-Clause
"""A QEMU that misbehaves in each of its channels: each ends the boot with a verdict of its own, and no pass."""

import os
import sys
import time
from pathlib import Path

import pytest

from harness.judging.result import Verdict
from harness.system.limits import START, Deadlines
from harness.tests.faults import fault
from harness.vm.qemu import VM
from harness.vm.qemu_process import QEMUProcess

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no such sockets here")

PROGRAM = Path(__file__).with_name("misbehaving.py")
CLOSED, SILENT = "QEMU closed QMP before ", "no line for 0.5 s"
READY = "greet,hear,answer,hear"  # to answer that it lets the guest go
RUNS = f"{READY},answer,begin"


class Hasty(Deadlines):
    """Deadlines that are met are short, but for the one by which a QEMU has to be there."""

    def __call__(self, seconds: float) -> float:
        return seconds if seconds == START else seconds / 20


def hangs(words: str, *does: str, id: str):
    return pytest.param(",".join((*does, "stay")), Verdict.HANG, words, Hasty(), id=id)


def ends(verdict: Verdict, words: str, *does: str, id: str):
    return pytest.param(",".join(does), verdict, words, Deadlines(), id=id)


@fault("hypervisor", "a QEMU that {id}", "{verdict}: {words}")
@pytest.mark.parametrize(
    "does, verdict, words, deadlines",
    [
        hangs(f"{CLOSED}the greeting", "greet in words", id="greets in words"),
        hangs(f"{CLOSED}the greeting", "greet with a number", id="greets with the number 42"),
        hangs(f"{CLOSED}the greeting", "greet with a list", id="greets with a list"),
        hangs(f"{CLOSED}the greeting", "greet in bytes", id="greets in bytes"),
        hangs(f"{CLOSED}the greeting", "greet with half", id="greets with half an object"),
        hangs(f"{CLOSED}the greeting", "greet nested", id="greets with a hundred thousand brackets"),
        hangs(f"{CLOSED}the greeting", "hang up", id="closes QMP at once"),
        hangs("qmp_capabilities: I will not", "greet,hear,refuse", id="refuses to talk"),
        hangs(
            "qmp_capabilities: without a word",
            "greet,hear,refuse without a word",
            id="refuses to talk, without a word",
        ),
        hangs(
            f"{CLOSED}its answer to qmp_capabilities",
            "greet,hear,refuse with a number",
            id="refuses to talk, with the number 42",
        ),
        hangs("cont: I will not", READY, "refuse", id="refuses to let the guest go"),
        hangs(f"{CLOSED}its answer to cont", READY, "hang up", id="closes QMP when it is to let the guest go"),
        hangs(SILENT, READY, "answer with nothing,begin", id="answers with an empty object"),
        hangs(SILENT, READY, "answer twice,begin", id="answers twice"),
        hangs(SILENT, RUNS, "hang up", id="closes QMP while the guest runs"),
        hangs(SILENT, RUNS, "lose the log", id="closes the serial line while the guest runs"),
        hangs(SILENT, READY, "answer,write all", id="stays after the guest's last word"),
        hangs(SILENT, RUNS, "tell of an event without data", id="tells of a shutdown without a reason, and stays"),
        hangs(SILENT, RUNS, "tell of an event with a number", id="tells of a shutdown for the reason 42"),
        hangs(SILENT, RUNS, "tell of an event that nobody knows", id="tells of an event that nobody knows"),
        hangs(SILENT, RUNS, "tell of an event without a name", id="tells of an event without a name"),
        hangs(SILENT, RUNS, "tell of a stop,hear,answer with a number", id="stops, and says 42 when it is asked why"),
        hangs(SILENT, RUNS, "tell of a stop,hear,refuse", id="stops, and does not say why"),
        ends(
            Verdict.RESET, "the guest was reset (triple fault)", RUNS, "tell of a reset,exit 0", id="tells of a reset"
        ),
        ends(Verdict.UNUSABLE, "QEMU exited with status 1: without a word", "exit 1", id="ends when it is connected"),
        ends(
            Verdict.UNUSABLE,
            "QEMU exited with status 0: without a word",
            READY,
            "answer,exit 0",
            id="ends before the guest's first word",
        ),
        ends(Verdict.CUT, "QEMU ended before the guest's last line", RUNS, "exit 0", id="ends within a case"),
        ends(
            Verdict.CUT,
            "the guest left, but its log is not whole: a@kernel32 has no end",
            RUNS,
            "exit 85",
            id="says within a case that the guest has left",
        ),
        ends(Verdict.CRASH, "QEMU died of SIGSEGV: without a word", RUNS, "die", id="dies within a case"),
        ends(
            Verdict.UNUSABLE,
            "QEMU died of SIGXCPU: without a word, a limit of this system's: raise 'ulimit -t'",
            RUNS,
            "exceed",
            id="comes to a limit of processor time",
        ),
        ends(
            Verdict.CRASH,
            "QEMU exited with status 42: without a word",
            READY,
            "answer,write all,exit 42",
            id="has an error after the guest's last word",
        ),
        ends(
            Verdict.CUT,
            "QEMU exited with status 0 after the guest's last line, not with 85",
            READY,
            "answer,write all,exit 0",
            id="says nothing of the guest's status after its last word",
        ),
        pytest.param(
            "stay",
            Verdict.HANG,
            "QEMU did not send the greeting",
            Deadlines(0.1),
            id="is silent",
            marks=pytest.mark.soak,
        ),
        pytest.param(
            "greet,hear,stay",
            Verdict.HANG,
            "QEMU did not send its answer to qmp_capabilities",
            Deadlines(0.1),
            id="greets, and is silent",
            marks=pytest.mark.soak,
        ),
    ],
)
def test_a_qemu_that_misbehaves(tmp_path, does, verdict, words, deadlines):
    command = [sys.executable, "-S", "-E", str(PROGRAM), does]
    outcome = VM(command, tmp_path, deadlines).run()
    assert (outcome.ending, outcome.reason) == (verdict, words)


@fault("guest", "a guest that goes on after its hang was declared: {id}", "the verdict is of the log that is kept")
@pytest.mark.parametrize("does", [f"{RUNS},pause,end,stay", f"{RUNS},flood,pause,end,stay"], ids=["silence", "flood"])
def test_what_is_judged_is_what_is_kept(tmp_path, monkeypatch, does):
    """On a machine where it takes a second until a QEMU is ended."""
    stop = QEMUProcess.stop
    monkeypatch.setattr(QEMUProcess, "stop", lambda self: (time.sleep(1), stop(self)))
    outcome = VM([sys.executable, "-S", "-E", str(PROGRAM), does], tmp_path, Hasty()).run()
    kept = (tmp_path / "serial.log").read_text()
    assert outcome.ending is Verdict.HANG
    assert ("end a@kernel32" in kept) == (outcome.log.open_block is None)


def test_the_one_that_behaves_is_none_of_them(tmp_path):
    does = f"{READY},answer,write all,exit 85"
    outcome = VM([sys.executable, "-S", "-E", str(PROGRAM), does], tmp_path, Deadlines()).run()
    assert (outcome.ending, outcome.log.whole) == (None, True)
