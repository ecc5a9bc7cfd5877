# SPDX-License-Identifier: BSD-2-Clause
"""The private folder of a command goes with it, or, where that was killed, with the next command."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from harness.system.private import make_folder
from harness.system.process import PrivateDirectory, signal_name
from harness.system.signals import STOPPING
from harness.tests.command import left_behind
from harness.tests.faults import fault

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no such signals here")

# A verb that takes the private folder, and dies of a signal, or ends when its standard input does.
VERB = """
import os, sys
from harness import command_line
from harness.system import process

number = int(sys.argv.pop())

def verb(options):
    print(process.private_root(), flush=True)
    os.kill(os.getpid(), number) if number else sys.stdin.read()
    return 0

command_line.run_verb = verb
sys.argv = ["harness", "list"]
sys.exit(command_line.main())
"""


def command(number: int) -> list[str]:
    return [sys.executable, "-c", VERB, str(number)]


# All but what a shell's background job ignores; of the real-time ones, two.
HEARD = [number for number in STOPPING if number != signal.SIGINT and number < 36]


def name(number: int) -> str:
    return signal_name(-number) or f"signal {number}"


def run(private, number: int = 0) -> tuple[int, Path]:
    streams = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    done = subprocess.run(command(number), env=private, timeout=60, **streams)
    return done.returncode, Path(done.stdout.strip())


@fault(
    "stop",
    "each signal by which programs end, to a command with sockets",
    "exit status 128 and the signal's number; they are removed",
)
@pytest.mark.parametrize("number", HEARD, ids=name)
def test_a_command_that_a_signal_ends_leaves_none(private, number):
    assert run(private, number)[0] == 128 + number
    assert left_behind(private) == []


@fault("stop", "SIGKILL to a command with sockets", "the next command removes them")
def test_the_next_command_removes_what_a_killed_one_left(private):
    status, root = run(private, signal.SIGKILL)
    assert status == -signal.SIGKILL and root.is_dir()
    (root / "socket").write_text("")
    assert run(private)[0] == 0
    assert left_behind(private) == []


@fault("beside", "a command beside another one with sockets", "they stay")
def test_what_another_command_uses_stays(private):
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command(0), env=private, **streams) as other:
        root = Path(other.stdout.readline().strip())
        assert run(private)[0] == 0
        assert root.is_dir()
    assert not root.exists()


@fault("beside", "folders in /tmp that only look like ours", "they stay")
def test_what_is_not_known_to_be_abandoned_stays(private):
    """A folder of a command that holds no lock, as of an older checkout, and what only has such a name."""
    parent = Path(private["TMPDIR"])
    (parent / "trapline-deps.abcdef").write_text("")
    (parent / "trapline-12345678").mkdir()
    elsewhere = parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock").write_text("")
    (parent / "trapline-87654321").symlink_to(elsewhere)
    os.mkfifo(parent / "trapline-12345678" / "pipe")
    before = left_behind(private)
    assert run(private)[0] == 0
    assert left_behind(private) == before and (elsewhere / "lock").exists()


def test_the_folder_of_sockets_is_its_users_alone(tmp_path):
    """Whatever the user lets others do by default."""
    before = os.umask(0)
    try:
        folders = [Path(make_folder(str(tmp_path)))]
        with PrivateDirectory() as private:
            folders += [private.path, private.path.parent]
            assert [stat.S_IMODE(path.stat().st_mode) for path in folders] == [0o700] * 3
    finally:
        os.umask(before)
