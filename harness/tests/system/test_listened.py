# SPDX-License-Identifier: BSD-2-Clause
"""What is read until it ends: a log in a file, in a pipe, on standard input; none of them is waited for without end."""

import os
import subprocess
import sys
import threading

import pytest

from harness.system import files, limits
from harness.system.errors import WrongQuestion
from harness.system.limits import Bound
from harness.system.places import ROOT
from harness.tests.faults import fault

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no pipes in folders here")

LOG = "trapline 1 mode=kernel64 cpus=2 cases=0\n"


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_pipe_into_which_nobody_writes_is_refused(pipe, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.1)
    with pytest.raises(
        WrongQuestion, match="pipe: Is a pipe or device that has given nothing for 0.1 s: say - for standard"
    ):
        files.read_log(str(pipe))


def test_a_pipe_whose_writer_falls_silent_is_refused(pipe, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.1)
    writer = os.open(pipe, os.O_RDWR)
    os.write(writer, b"begun")
    with pytest.raises(WrongQuestion, match="has given nothing"):
        files.read_log(str(pipe))
    os.close(writer)


def test_a_pipe_that_is_written_to_is_read(pipe):
    thread = threading.Thread(target=pipe.write_text, args=[LOG * 10_000])
    thread.start()
    assert files.read_log(str(pipe)) == (LOG * 10_000).encode()
    thread.join()


def test_one_byte_more_than_a_log_may_have_is_read(pipe, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "BOUND", Bound(size=100))
    (tmp_path / "file").write_text(LOG * 10)
    writer = os.open(pipe, os.O_RDWR)
    os.write(writer, LOG.encode() * 10)
    sources = (pipe, tmp_path / "file", "/dev/zero")
    assert [len(files.read_log(str(source))) for source in sources] == [101] * 3
    os.close(writer)


@pytest.mark.parametrize(
    "path, words",
    [("/", "Is a directory, not a file"), ("/nosuch", "No such file")],
)
def test_what_holds_no_log_is_refused(path, words):
    with pytest.raises(WrongQuestion, match=f"^{path}: {words}"):
        files.read_log(path)


@fault("stop", "`{verb} -` with standard input closed", "exit status 2: -: standard input is closed")
@pytest.mark.parametrize("verb", [["judge"], ["symbolize", "--elf", "/bin/sh"]])
def test_standard_input_that_is_closed_is_said(verb):
    command = ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "harness", *verb, "-"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, "trapline: -: standard input is closed\n")


@fault("stop", "`{verb} -` with a standard input that cannot be read", "exit status 2: -: Bad file descriptor")
@pytest.mark.parametrize("verb", [["judge"], ["symbolize", "--elf", "/bin/sh"]])
def test_standard_input_that_cannot_be_read_is_said(verb):
    command = [sys.executable, "-m", "harness", *verb, "-"]
    stdin = os.open(os.devnull, os.O_WRONLY)
    done = subprocess.run(command, cwd=ROOT, stdin=stdin, capture_output=True, text=True, timeout=60)
    os.close(stdin)
    assert (done.returncode, done.stderr) == (2, "trapline: -: Bad file descriptor\n")
