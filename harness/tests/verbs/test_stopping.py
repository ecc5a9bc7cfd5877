# SPDX-License-Identifier: BSD-2-Clause
"""A run that a signal stops: what is done is told and written, what is not is said. Nothing stays behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.system.places import BUILD, ROOT
from harness.tests.command import begin, left_behind, left_with, qemu_for, without_progress
from harness.tests.faults import fault

pytestmark = pytest.mark.slow

DYING = 10  # seconds

RUNS = BUILD / "runs"
CASES = "tf_step,int3"
STOPPED_BY = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1]


def finished(folders: list[Path]) -> dict[tuple, str]:
    """The verdicts that the VMs of a run have left in its folder so far."""
    found = {}
    for path in (path for folder in folders for path in folder.glob("*/verdict.json")):
        found |= {key(result): result["verdict"] for result in json.loads(path.read_text())}
    return found


def key(result: dict) -> tuple:
    return tuple(result[name] for name in ("case", "mode", "platform", "debugger"))


@fault(
    "stop",
    "{number} to a run {moment} VMs after its start",
    'exit status 128 and the signal\'s number; "stopped by {number}", the results so far in JSON= and on '
    "the terminal, and how many are missing",
    120,
)
@pytest.mark.parametrize("number", STOPPED_BY, ids=lambda number: number.name)
@pytest.mark.parametrize("moment", [0, 1, 8], ids=lambda moment: f"after {moment} VMs")
def test_what_is_done_is_kept(private, tmp_path, number, moment):
    file = tmp_path / "results.json"
    command = [sys.executable, "-m", "harness", "run", "--accel=tcg", "--debugger=all", f"--case={CASES}"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command += [f"--json={file}", "--jobs=2", "--timeout-multiplier=10", f"--qemu={qemu_for(moment + 1, tmp_path)}"]
    old = set(RUNS.iterdir()) if RUNS.exists() else set()
    run = begin(private, command, **streams)
    until = time.monotonic() + 60
    mine: list[Path] = []
    while not any(list(path.glob("*/command")) for path in mine) or len(list(mine[0].glob("*/verdict.json"))) < moment:
        assert time.monotonic() < until and run.poll() is None
        time.sleep(0.02)
        mine = mine or [path for path in RUNS.glob(f"*-{run.pid}") if path not in old]  # numbers come again
    before = finished(mine)
    run.send_signal(number)
    output, errors = run.communicate(timeout=30)
    assert (run.returncode, without_progress(errors)) == (128 + number, "")
    after = finished(mine)
    results = {key(result): result["verdict"] for result in json.loads(file.read_text())}
    assert before.items() <= results.items() and results == after
    assert f"\nstopped by {number.name}: " in output
    total = int(output.partition(" results, about")[0].rpartition(" ")[2])
    assert len(results) < total and f" {total - len(results)} of {total} results are missing: tcg: " in output
    assert ("tcg: green: " in output) == bool(results)
    assert left_behind(private) == []


@fault("stop", "{number} to `make test` with {workers} workers", "it ends, and nothing is left", 120)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
@pytest.mark.parametrize("workers", [0, 2])
def test_tests_leave_nothing_behind(private, number, workers):
    """What `make test` runs is stopped while VMs run."""
    command = [sys.executable, "-m", "pytest", "-q", f"-n{workers}", "harness/tests/test_cases.py", "--accel=tcg"]
    run = begin(private, [*command, "--debugger=step"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not any("qemu-system" in words and "microvm" in words for words in left_behind(private)):
        assert time.monotonic() < until and run.poll() is None
        time.sleep(0.05)
    run.send_signal(number)
    assert run.wait(timeout=60) != 0
    # pytest keeps its last ones; what a worker has just forked dies after the worker, by the kernel's hand.
    until = time.monotonic() + DYING
    while left := [place for place in left_behind(private) if "pytest-of-" not in place]:
        assert time.monotonic() < until, left
        time.sleep(0.05)


# A plugin by which a test fails, at which the whole is stopped.
STOPS = """
import os, pytest, signal
def pytest_runtest_call(item):
    pytest.fail("as it is meant to")
@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report):
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        os.kill(os.getpid(), signal.SIGTERM)
"""


@fault(
    "stop",
    "SIGTERM to `make test` with {workers} workers, where a test has failed",
    "exit status 143: FAILED and the test's name, and why",
    120,
)
@pytest.mark.parametrize("workers", [0, 2])
def test_stopped_tests_name_what_has_failed(private, tmp_path, workers):
    (tmp_path / "stops.py").write_text(STOPS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "stops", f"-n{workers}", "harness/tests/verbs/test_show.py"]
    here = private | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    here.pop("PYTEST_XDIST_WORKER", None)  # of the tests that this one is among
    done = subprocess.run(command, cwd=ROOT, env=here, capture_output=True, text=True, timeout=110)
    assert done.returncode == 128 + signal.SIGTERM, done.stdout + done.stderr
    assert "\nE       Failed: as it is meant to\n" in done.stdout and "Exit: terminated" in done.stdout
    assert re.search(r"^FAILED .*test_show\.py::test_", done.stdout, re.MULTILINE)


# What of make's targets goes on for long, the words of a process within it, and what it has done when stopped there.
LONG = {
    "fuzz": (["--k=bug"], "harness.tests.fuzz", r"\d+ values, nothing failed"),
    "soak": ([], "-kernel", r"0 runs, 0 results, faults: none; they cost 0 results; 0 runs failed"),
}


@fault(
    "stop",
    "{number} to `make {target}`",
    "exit status of that signal, what it has done so far, and nothing is left",
    120,
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("target", LONG)
def test_what_goes_on_for_long_says_what_it_has_done(private, target, number):
    words, midst, summary = LONG[target]
    command = [sys.executable, "-m", f"harness.tests.{target}", "--minutes=5", "--seed=1", *words]
    running = begin(private, command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout.readline().endswith(" for 5 min from SEED=1\n")
    mine = f"TMPDIR={private['TMPDIR']}"
    until = time.monotonic() + 60
    while not any(midst in words for words in left_with(mine)):
        assert time.monotonic() < until and running.poll() is None
        time.sleep(0.05)
    running.send_signal(number)
    output, errors = running.communicate(timeout=60)
    assert (running.returncode, errors) == (128 + number, "trapline: stopped\n")
    assert re.fullmatch(rf"trapline: {summary} so far\n", output)
    until = time.monotonic() + DYING
    while left := left_with(mine):
        assert time.monotonic() < until, left
        time.sleep(0.05)


# A verb in whose midst a signal comes, where its handler's exception does not come through as itself.
LOST = """
import os, signal, sys, threading
from harness import command_line

class Asks:
    def {method}(self, *arguments):
        os.kill(os.getpid(), signal.SIGTERM)

def verb(options):
    {use}
    return 0

command_line.run_verb = verb
sys.argv = ["harness", "list"]
sys.exit(command_line.main())
"""


@fault("stop", "SIGTERM within Python's `{method}`, which drops exceptions", "exit status 143: stopped")
@pytest.mark.parametrize(
    "method, use",
    [
        ("__del__", "Asks()"),
        ("__del__", "Asks(); threading.Event().wait(60)"),
        ("__set_name__", "type('C', (), {'x': Asks()})"),
    ],
    ids=["dropped at the end", "dropped before a wait", "changed"],
)
def test_a_signal_is_heard_whatever_becomes_of_its_exception(private, method, use):
    program = LOST.format(method=method, use=use)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=private, timeout=30)
    assert done.returncode == 128 + signal.SIGTERM
    assert done.stderr == "trapline: stopped\n"


# A verb that waits, and a signal of which its wait hears nothing, as of one that comes just before the wait.
UNHEARD = """
import signal, sys, threading, time
from harness import command_line

def ask():
    time.sleep(0.5)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

def verb(options):
    threading.Thread(target=ask).start()
    threading.Event().wait(60)
    return 0

command_line.run_verb = verb
sys.argv = ["harness", "list"]
sys.exit(command_line.main())
"""


@fault("stop", "SIGTERM in the very moment in which a command begins to wait", "exit status 143: stopped")
def test_a_signal_ends_a_wait_that_has_not_begun(private):
    done = subprocess.run([sys.executable, "-c", UNHEARD], capture_output=True, text=True, env=private, timeout=30)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "trapline: stopped\n")


# A verb that takes processor time, and what is to be done at its end takes more of it.
BUSY = """
import sys, time
from harness import command_line

def work(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass

def verb(options):
    try:
        work(60)
    finally:
        work(2.5)
        print("done")

command_line.run_verb = verb
sys.argv = ["harness", "list"]
sys.exit(command_line.main())
"""


@fault("stop", "SIGXCPU, once a second, to a command whose end takes longer", "exit status 152: it ends as after one")
def test_a_limit_of_processor_time_leaves_time_to_end(private):
    command = ["sh", "-c", 'ulimit -St 1; exec "$@"', "sh", sys.executable, "-c", BUSY]
    done = subprocess.run(command, capture_output=True, text=True, env=private, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGXCPU, "done\n", "trapline: stopped\n")
