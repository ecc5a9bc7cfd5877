# SPDX-License-Identifier: BSD-2-Clause
"""Children that leave something behind: it may say what it has to say, and then it ends, as nobody waits for it."""

import shutil
import signal
import subprocess
import sys
import time

import pytest

from harness.system import limits, process
from harness.system.places import ROOT
from harness.tests.command import ends, left_behind, runs
from harness.tests.faults import fault

pytestmark = pytest.mark.skipif(not process.sees_the_dead(), reason="this system cannot tell")

LONG = 77  # seconds; none of the tests takes a tenth of that


def shell(script: str) -> list[str]:
    return ["sh", "-c", script]


@fault("hypervisor", "a program that exits with {status} and leaves a child", "the child ends")
@pytest.mark.parametrize("status", [0, 3])
def test_what_a_child_leaves_in_its_group_ends_after_it(status):
    began = time.monotonic()
    found, output = process.run(shell(f"sleep {LONG} & echo $!; exit {status}"), LONG)
    assert found == status and time.monotonic() - began < LONG / 2
    assert ends(int(output))


def test_it_may_say_what_it_has_to_say(monkeypatch):
    monkeypatch.setattr(limits, "LAST_WORDS", LONG)
    assert process.run(shell("(sleep 0.05; echo its last words) & exit 0"), LONG) == (0, "its last words\n")


@fault("hypervisor", "a program that leaves a child with streams of its own", "the child ends")
def test_one_that_keeps_nothing_of_ours_ends_too():
    _, output = process.run(shell(f"sleep {LONG} >/dev/null 2>&1 & echo $!"), LONG)
    assert ends(int(output))


def test_it_ends_whoever_has_seen_the_childs_end():
    """As a thread does that waits for it, while another looks."""
    child = process.start(shell(f"sleep {LONG} & echo $!"), stdout=subprocess.PIPE)
    number = int(child.stdout.readline())
    assert (child.wait(), child.poll(), child.wait(1)) == (0, 0, 0)
    assert runs(number)
    process.stop(child)
    process.stop(child)
    child.stdout.close()
    assert ends(number)


@pytest.mark.parametrize("script, status", [("exit 7", 7), ("kill -SEGV $$", -signal.SIGSEGV), ("kill -9 $$", -9)])
def test_how_a_child_ends_is_told_as_ever(script, status):
    child = process.start(shell(script))
    assert (child.wait(LONG), child.returncode, child.poll()) == (status, status, status)
    process.stop(child)
    assert child.returncode == status


def test_a_child_that_goes_on_is_waited_for_no_longer_than_asked():
    child = process.start(["sleep", str(LONG)])
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.01)
    assert child.poll() is None
    process.stop(child)
    assert child.returncode == -signal.SIGKILL


@fault(
    "hypervisor",
    "a program that says too much, or nothing, when it is asked who it is",
    "it is ended, and its words are cut",
)
def test_more_than_the_bound_is_not_read():
    assert process.run(["head", "-c", "1000", "/dev/zero"], LONG, most=1000) == (0, "\0" * 1000)
    assert process.run(["cat", "/dev/zero"], LONG, most=1000) == (None, "\0" * 1000)
    assert process.run(["sleep", str(LONG)], 0.05) == (None, "")


def test_a_first_line_is_fit_to_be_shown_and_has_an_end():
    assert process.first_line(shell(r"printf 'gdb \033[2J1\nmore'; exec sleep 77"), LONG) == "gdb \\x1b[2J1"
    assert len(process.first_line(["cat", "/dev/zero"], LONG)) > 1000


# A command whose child leaves a process of another session behind, with our end of its output.
DAEMON = f"""
from harness.system import process
print(process.run(["sh", "-c", "setsid sleep {LONG} & echo $!; sleep 0.1"], {LONG})[1])
process.leave()
"""


@fault(
    "hypervisor",
    "a program that leaves a daemon with our end of its output",
    "it is not waited for, and ends with the command",
    120,
)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to whoever asks for them")
def test_a_daemon_is_not_waited_for_and_ends_with_the_command():
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", DAEMON], cwd=ROOT, capture_output=True, text=True, timeout=LONG)
    assert done.returncode == 0 and time.monotonic() - began < LONG / 2, done.stderr
    assert not runs(int(done.stdout))


# A command that is killed while setpriv, which is slow here, has yet to ask for a signal at that.
KILLED = """
import os, signal
from harness.system import process

process.start(["sh", "-c", "echo runs; exec sleep 77"])
os.kill(os.getpid(), signal.SIGKILL)
"""


@fault("stop", "SIGKILL to a command in the very moment in which it starts a program", "that does not run")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not on the PATH")
def test_no_program_begins_after_the_command_that_starts_it(private, tmp_path):
    slow = tmp_path / "setpriv"
    slow.write_text(f'#!/bin/sh\nsleep 1\nexec {shutil.which("setpriv")} "$@"\n')
    slow.chmod(0o755)
    environment = private | {"PATH": f"{tmp_path}:{private['PATH']}"}
    command = [sys.executable, "-c", KILLED]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, timeout=LONG / 2)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")
    assert left_behind(private) == []
