# SPDX-License-Identifier: BSD-2-Clause
"""What is said of an exception that nobody foresaw: whose fault it is, in one line."""

import errno
import os
import shutil

import pytest

from harness.system.faults import about, check_room, in_a_line
from harness.system.places import BUILD
from harness.tests.faults import fault


def refused(number: int, *names) -> OSError:
    return OSError(number, os.strerror(number), *names)


HERE = str(BUILD / "runs" / "file")


@fault("machine", "the system refuses: {error}", "exit status 2: {line}")
@pytest.mark.parametrize(
    "error, line",
    [
        (
            refused(errno.ENOSPC, HERE),
            "no space left on device: build/runs/file: make room there, as 'make clean' does",
        ),
        (refused(errno.ENOSPC, "/x/\x1b"), "no space left on device: /x/\\x1b: make room there"),
        (refused(errno.ENOSPC), "no space left on device: make room there"),
        (refused(errno.EFBIG, "/from", None, "/to"), "file too large: /to: raise 'ulimit -f'"),
        (refused(errno.EMFILE), "too many open files: raise 'ulimit -n', or say JOBS=1"),
        (refused(errno.EROFS, "/x"), "read-only file system: /x: go to a checkout that you can write to"),
        (refused(errno.EACCES, "/x"), "permission denied: /x: see whose it is, and what you may do there"),
        (refused(errno.ENOENT, HERE), "no such file or directory: build/runs/file: it was there: has a 'make clean'"),
        (MemoryError("no room"), "cannot allocate memory: say JOBS=1, or raise 'ulimit -v'"),
        (RuntimeError("can't start new thread"), "no new thread can be started: raise 'ulimit -u', or say JOBS=1"),
    ],
    ids=repr,
)
def test_what_the_system_refuses_is_no_fault_of_trapline(error, line, monkeypatch):
    monkeypatch.chdir(BUILD.parent)
    assert in_a_line(error).startswith(line)


@fault("own", "an exception that nobody foresaw", "a fault of Trapline's own: one line, and a file with the traceback")
@pytest.mark.parametrize("error", [refused(errno.ENOENT, "/x"), refused(errno.EBADF), ValueError("x\ny"), KeyError()])
def test_all_else_is_one(error, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (line,) = in_a_line(error).splitlines()
    (kept,) = tmp_path.iterdir()
    assert line.startswith(f"a fault of Trapline's own: {type(error).__name__}")
    assert line.endswith(f": please report it, with {kept}") and kept.stat().st_mode & 0o077 == 0


def test_what_is_refused_without_a_name_gets_one():
    for error, name in ((refused(errno.ENOSPC), "log"), (refused(errno.ENOSPC, "other"), "other")):
        with pytest.raises(OSError) as raised, about("log"):
            raise error
        assert raised.value.filename == name


@fault("machine", "a folder without room for a guest's log", "No space left on device, before anything is booted")
def test_a_folder_without_room_is_seen(tmp_path):
    check_room(tmp_path, 1)
    with pytest.raises(OSError, match="No space left on device"):
        check_room(tmp_path, shutil.disk_usage(tmp_path).total + 1)
