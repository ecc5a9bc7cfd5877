# SPDX-License-Identifier: BSD-2-Clause
"""What is written is there whole or not at all: where there is no room for it, what was there before stays."""

import os
from contextlib import suppress

import pytest

from harness.runs.record import json_text, write_json, write_text
from harness.system.errors import WrongQuestion
from harness.system.faults import in_a_line
from harness.system.whole import whole, write_whole
from harness.vm.script import write_cmd, write_script

resource = pytest.importorskip("resource", reason="there are no such limits here")

ROOM = 4096  # bytes that a file may have
LONG = "x" * 3 * ROOM
WRITERS = {
    "write_json": lambda path: write_json(path, ["x"] * ROOM),
    "write_text": lambda path: write_text(path, LONG),
    "write_whole": lambda path: write_whole(path, LONG, encoding="utf-8"),
    "write_script": lambda path: write_script(path, [LONG]),
    "write_cmd": lambda path: write_cmd(path, [LONG]),
}


@pytest.fixture
def little_room():
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_what_has_no_room_leaves_what_was_there(tmp_path, little_room, write):
    path = tmp_path / "file"
    path.write_text("before")
    with pytest.raises((OSError, WrongQuestion), match="File too large") as raised:
        write(path)
    assert raised.type is WrongQuestion or in_a_line(raised.value) == f"file too large: {path}: raise 'ulimit -f'"
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("file", "before")]


def test_what_is_stopped_leaves_nothing(tmp_path):
    with suppress(KeyboardInterrupt), whole(tmp_path / "file") as beside:
        beside.write_text("half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_is_refused_of_another_file_keeps_its_name(tmp_path):
    with pytest.raises(FileNotFoundError) as raised, whole(tmp_path / "file"):
        (tmp_path / "other").read_text()
    assert raised.value.filename == str(tmp_path / "other")


@pytest.mark.parametrize("write", [write_json, lambda path, text: write_text(path, json_text(text))])
def test_what_is_no_file_of_its_own_stays_what_it_is(tmp_path, write):
    """As `JSON=/dev/stdout`, which would be a file from then on."""
    pipe, link, file = tmp_path / "pipe", tmp_path / "link", tmp_path / "file"
    os.mkfifo(pipe)
    link.symlink_to(file)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    for path in (pipe, link):
        write(path, "new")
    assert (os.read(reader, 100), file.read_text()) == (b'"new"\n', '"new"\n')
    os.close(reader)
    assert pipe.is_fifo() and link.is_symlink()
