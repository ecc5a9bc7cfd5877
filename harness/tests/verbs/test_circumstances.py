# SPDX-License-Identifier: BSD-2-Clause
"""Surroundings that are not as usual: a clock that is wrong, variables of no sense, folders that are not there.

Each row is a fault: what it is, the variables, what is called, its exit status, and what it says.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from harness.system.places import BUILD, ROOT
from harness.tests.command import left_behind
from harness.tests.faults import fault

pytestmark = [pytest.mark.slow, pytest.mark.soak]

RUN = ["run", "--accel=tcg", "--case=int3@kernel64", "--debugger=attached"]
GREEN = "tcg: green: 1 pass"

# What Python reads as it starts, where PYTHONPATH leads to it.
CLOCKS = {
    "set back by a second at each look": "import itertools, time\ntime.time = itertools.count(2e9, -1).__next__\n",
    "at the beginning of 1970": "import time\nreal = time.time\ntime.time = lambda: real() % 1000\n",
    "in 2199": "import time\nreal = time.time\ntime.time = lambda: real() + 170 * 31556952\n",
}


def row(what: str, variables: dict[str, str], arguments: list[str], status: int, words: str):
    mark = fault("machine", what, f"exit status {status}: {words}", 120)
    return pytest.param(variables, arguments, status, words, id=what, marks=mark)


@pytest.mark.parametrize(
    "variables, arguments, status, words",
    [
        row("TMPDIR= a folder that is not there", {"TMPDIR": "/nonexistent"}, RUN, 0, GREEN),
        row("TMPDIR= a file", {"TMPDIR": str(ROOT / "Makefile")}, RUN, 0, GREEN),
        row("TMPDIR= a path too long for a socket", {"TMPDIR": "{folder}/" + "x" * 150}, RUN, 0, GREEN),
        row("HOME= a folder that is not there", {"HOME": "/nonexistent"}, RUN, 0, GREEN),
        row("a cache that is a file", {"XDG_CACHE_HOME": str(ROOT / "Makefile")}, RUN, 0, GREEN),
        row("a terminal of no columns", {"COLUMNS": "0", "LINES": "0"}, RUN, 0, GREEN),
        row("a terminal of one column", {"COLUMNS": "1"}, RUN, 0, ""),
        row("a terminal whose width is no number", {"COLUMNS": "wide"}, RUN, 0, GREEN),
        row("a terminal that nobody knows", {"TERM": "nosuch"}, RUN, 0, GREEN),
        row("a locale that is not there", {"LC_ALL": "xx_XX.UTF-8"}, RUN, 0, GREEN),
        row("a locale of ASCII alone", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, RUN, 0, GREEN),
        row("an empty PATH", {"PATH": ""}, RUN, 2, "qemu-system-x86_64 is not on the PATH"),
        row("a private folder that is gone", {"TRAPLINE_PRIVATE_ROOT": "/nonexistent"}, RUN, 0, GREEN),
    ],
)
def test_a_strange_environment(private, tmp_path, variables, arguments, status, words):
    mine = {name: value.format(folder=tmp_path) for name, value in variables.items()}
    if mine.get("TMPDIR", "").endswith("x"):
        Path(mine["TMPDIR"]).mkdir()
    done = run(private | mine, arguments)
    assert (done.returncode, words in done.stdout + done.stderr) == (status, True), done.stdout + done.stderr
    assert done.stderr.count("\n") == int(status != 0), done.stderr


@fault("machine", "a clock that is {clock}", "exit status 0: tcg: green: 1 pass", 120)
@pytest.mark.parametrize("clock", CLOCKS)
def test_a_clock_that_is_wrong(private, tmp_path, clock):
    (tmp_path / "sitecustomize.py").write_text(CLOCKS[clock])
    done = run(private | {"PYTHONPATH": str(tmp_path)}, RUN)
    assert (done.returncode, done.stderr, GREEN in done.stdout) == (0, "", True), done.stdout + done.stderr
    assert left_behind(private) == []


def run(environment: dict[str, str], arguments: list[str]) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "harness", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


@fault("beside", "the images are made anew while a run goes on", "exit status 0: its own copies of them run", 120)
def test_images_that_change_meanwhile(private):
    image = BUILD / "guest64.elf"
    data = image.read_bytes()
    command = [sys.executable, "-m", "harness", *RUN]
    with subprocess.Popen(command, cwd=ROOT, env=private, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        while running.poll() is None:
            image.with_suffix(".new").write_bytes(data)
            image.with_suffix(".new").replace(image)
        assert (running.returncode, running.stderr.read()) == (0, b"")
