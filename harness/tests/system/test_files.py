# SPDX-License-Identifier: BSD-2-Clause
"""Files that others wrote: whatever one is or holds, it is read within bounds, or refused in one line."""

import json
import os
import re
import socket

import pytest

from harness.system import files
from harness.system.errors import WrongQuestion
from harness.tests.faults import fault

MOST = 1000
ROOT_READS_ALL = hasattr(os, "geteuid") and os.geteuid() == 0


def loop(path):
    path.symlink_to(path.name)


def unreadable(path):
    path.write_text("text")
    path.chmod(0)


def at_socket(path):
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(path))


FAULTS = {
    "nothing": (lambda path: None, "No such file or directory"),
    "a directory": (lambda path: path.mkdir(), "Is a directory, not a file"),
    "a link to a directory": (lambda path: path.symlink_to("."), "Is a directory, not a file"),
    "a loop of links": (loop, "Too many levels of symbolic links"),
    "a link to nothing": (lambda path: path.symlink_to("nothing"), "No such file or directory"),
    "a FIFO": (lambda path: os.mkfifo(path), "Is a pipe, not a file"),
    "a link to an endless device": (lambda path: path.symlink_to("/dev/zero"), "Is a device, not a file"),
    "a link to a terminal": (lambda path: path.symlink_to("/dev/tty"), "Is a device, not a file"),
    "a socket": (at_socket, "Is a socket, not a file"),
    "more than may be": (
        lambda path: path.write_bytes(bytes(MOST + 1)),
        "has more than 1000 bytes: is it the right one?",
    ),
    "a sparse terabyte": (lambda path: path.touch() or os.truncate(path, 1 << 40), "has more than 1000 bytes"),
    "no text": (lambda path: path.write_bytes(b"one\ntwo \xff"), "byte 0xff in line 2 is no UTF-8 text"),
    "half a letter": (lambda path: path.write_bytes("é".encode()[:1]), "byte 0xc3 in line 1 is no UTF-8 text"),
    "what nobody may read": (unreadable, "Permission denied"),
}


@fault("file", "where a text is read, there is {fault}", "exit status 2: one line with the file's name")
@pytest.mark.skipif(os.name != "posix", reason="there are no such files here")
@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_text_is_refused_in_a_line(tmp_path, fault):
    if fault == "what nobody may read" and ROOT_READS_ALL:
        pytest.skip("root reads it")
    make, words = FAULTS[fault]
    path = tmp_path / "it"
    make(path)
    with pytest.raises(WrongQuestion, match=f"^{re.escape(str(path))}: {re.escape(words)}") as raised:
        files.read_text(path, most=MOST)
    assert "\n" not in str(raised.value)


def test_a_file_may_be_as_large_as_the_bound(tmp_path):
    path = tmp_path / "it"
    path.write_text("x" * MOST)
    assert files.read_text(path, most=MOST) == "x" * MOST


def test_a_line_end_is_what_it_is_elsewhere(tmp_path):
    (tmp_path / "it").write_bytes(b"one\r\ntwo\n")
    assert files.read_text(tmp_path / "it").split("\n") == ["one", "two", ""]


@fault("file", "a file's name of 300 letters", "exit status 2: File name too long")
def test_a_name_too_long_for_the_system_is_said(tmp_path):
    with pytest.raises(WrongQuestion, match="File name too long"):
        files.read_text(tmp_path / ("x" * 300))


@fault("file", "a file's name that controls a terminal", "exit status 2: \\x1b[2J: No such file")
def test_what_a_path_does_to_a_terminal_is_not_done(tmp_path):
    with pytest.raises(WrongQuestion, match=r"\\x1b\[2J: No such file") as raised:
        files.read_text(tmp_path / "\x1b[2J")
    assert str(raised.value).isprintable()


def test_it_goes_by_the_name_that_it_was_asked_for_by(tmp_path):
    with pytest.raises(WrongQuestion, match="^PLATFORM=x: No such file"):
        files.read_text(tmp_path / "x", called="PLATFORM=x")


@fault("file", "a TOML file that is none: {id}", "exit status 2: {words}")
@pytest.mark.parametrize(
    "text, words",
    [
        ("a =", "not valid TOML: "),
        ("a = 1\na = 2", "not valid TOML: "),
        ("a = " + "[" * 100_000, "not valid TOML: nested more than 40 levels deep"),
        ("a = " + "{b = " * 20_000, "not valid TOML: nested more than 40 levels deep"),
        ("a = " + "9" * 5000, "not valid TOML: "),
        (".".join("a" * 5000) + " = 1", "not valid TOML: nested more than 40 levels deep"),
        (f"a = '{'x' * files.LARGEST_TOML}'", "has more than "),
    ],
    ids=["half", "twice", "lists", "tables", "a number", "a key", "long"],
)
def test_what_is_no_toml_is_refused_in_a_line(tmp_path, text, words):
    (tmp_path / "it").write_text(text)
    with pytest.raises(WrongQuestion, match=f"it: {re.escape(words)}") as raised:
        files.read_toml(tmp_path / "it")
    assert str(raised.value).isprintable()


@fault("file", "a JSON file that is none, or as no JSON has it", "exit status 2: {words}")
@pytest.mark.parametrize(
    "text, words",
    [
        ("", "is not in the form of JSON"),
        ("{", "is not in the form of JSON"),
        ("[" * 100_000, "is not in the form of JSON: nested more than 40 levels deep"),
        ("[" * 50 + "]" * 50, "is not in the form of JSON: nested more than 40 levels deep"),
        ("9" * 5000, "is not in the form of JSON"),
        ("[NaN]", "is not in the form of JSON"),
        ("-Infinity", "is not in the form of JSON"),
        ("[1e999]", "is not in the form of JSON"),
        ("1" + "0" * 400, "is not in the form of JSON"),
    ],
)
def test_what_is_no_json_is_refused_in_a_line(tmp_path, text, words):
    (tmp_path / "it").write_text(text)
    with pytest.raises(WrongQuestion, match=f"it: {re.escape(words)}"):
        files.read_json(tmp_path / "it")


MANY = {
    "lists": "[" + "[]," * 600 + "[]]",
    "lists, with no end": "[" * 1200,
    "tables": "[" + "{}," * 600 + "{}]",
    "numbers": "[" + "0," * 1200 + "0]",
    "strings": '["' + '","' * 600 + '"]',
    "strings, with nothing between": '""' * 1200,
}


@fault("file", "a JSON file of more values than any run has: {id}", "exit status 2: has more than 1,000 values")
@pytest.mark.parametrize("text", MANY.values(), ids=MANY)
def test_what_has_too_many_values_is_refused_before_they_take_memory(tmp_path, monkeypatch, text):
    monkeypatch.setattr(files, "MOST_VALUES", 1000)
    monkeypatch.setattr(files.json, "loads", lambda *_, **__: pytest.fail("it is taken apart"))
    (tmp_path / "it").write_text(text)
    with pytest.raises(WrongQuestion, match="it: has more than 1,000 values: is it the right one"):
        files.read_json(tmp_path / "it")


def test_what_stands_in_a_string_is_no_value(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_VALUES", 6)
    value = {"a": ["[{," * 1000, '\\"' * 1000]}
    (tmp_path / "it").write_text(json.dumps(value))
    assert files.read_json(tmp_path / "it") == value
    monkeypatch.setattr(files, "MOST_VALUES", 5)
    with pytest.raises(WrongQuestion, match="has more than 5 values"):
        files.read_json(tmp_path / "it")


def test_every_string_of_json_can_be_shown(tmp_path):
    (tmp_path / "it").write_text('{"\\u001b[2J": ["\\ud800", 1, 0.5, null, true]}')
    assert files.read_json(tmp_path / "it") == {"\\x1b[2J": ["\\ud800", 1, 0.5, None, True]}
