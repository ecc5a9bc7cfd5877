# SPDX-License-Identifier: BSD-2-Clause
"""How much is taken of what others say, at the edges of the bound; and that nobody is waited for who has gone."""

import os
import socket
import time
import tracemalloc

import pytest

from harness.system import intake, limits
from harness.system.limits import Bound
from harness.system.intake import REST, Intake, Pace, Words, cut_file, excess, pieces, said
from harness.tests.faults import fault

SMALL = Bound(size=100, lines=10, line=8)


def taken(data: bytes, *sizes: int, bound: Bound = SMALL) -> tuple[bytes, list[bytes], str]:
    """What is taken of data that come in pieces of these sizes and a last one: as they came, as lines; why no more."""
    mine, kept, lines = Intake(bound), b"", []
    for size in (*sizes, len(data)):
        more, found = mine.take(data[:size])
        kept, lines, data = kept + more, lines + found, data[size:]
    return kept, lines + mine.last(), mine.cut


@pytest.mark.parametrize("sizes", [(), (1,), (50, 49), (100,)])
@pytest.mark.parametrize("size, cut", [(99, ""), (100, ""), (101, "more than 100 bytes"), (500, "more than 100 bytes")])
def test_bytes(size, cut, sizes):
    data = b"x" * size
    kept, lines, why = taken(data, *sizes, bound=Bound(size=100))
    assert (kept, b"".join(lines), why) == (data[:100], data[:100], cut)


@pytest.mark.parametrize("count, cut", [(9, ""), (10, ""), (11, "more than 10 lines"), (40, "more than 10 lines")])
def test_lines(count, cut):
    for sizes in ((), (3, 4)):
        _, lines, why = taken(b"x\n" * count, *sizes)
        assert (lines, why) == ([b"x"] * min(count, 10), cut)


@pytest.mark.parametrize("length, lengths", [(7, [7]), (8, [8]), (9, [8, 1]), (16, [8, 8]), (17, [8, 8, 1]), (0, [0])])
def test_a_line_that_is_too_long_is_several_however_it_comes(length, lengths):
    data = b"x" * length + b"\nend\n"
    for first in range(len(data)):
        assert list(map(len, taken(data, first)[1])) == [*lengths, 3]


def test_what_has_no_end_is_the_last_line():
    assert taken(b"a\n\nb") == (b"a\n\nb", [b"a", b"", b"b"], "")


def test_words_for_the_real_bound():
    assert taken(b"x" * (16 << 20) + b"y", bound=limits.BOUND)[2] == "more than 16 MiB"


@fault("hypervisor", "a pipe whose other end stays open", "what has come by then")
@pytest.mark.skipif(os.name != "posix", reason="there is no way to do so there")
def test_nobody_is_waited_for_who_keeps_the_other_end():
    """As what a child has left behind does. What has come by then is there."""
    ours, theirs = os.pipe()
    with open(ours, "rb") as source:
        os.write(theirs, b"x" * 3000)
        assert b"".join(pieces(source, lambda: True)) == b"x" * 3000
        looks = iter([False, False, True])
        assert list(pieces(source, lambda: next(looks))) == []
        os.close(theirs)
        assert list(pieces(source, lambda: False)) == []


@fault("hypervisor", "a pipe that never ends", "what is within the bound")
@pytest.mark.skipif(os.name != "posix", reason="there is no way to do so there")
def test_who_goes_on_without_end_is_not_heard_to_its_end(monkeypatch):
    monkeypatch.setattr(intake, "MOST_LEFT", 3 * intake.PIECE)
    with open("/dev/zero", "rb") as source:
        assert sum(map(len, pieces(source, lambda: True))) == 3 * intake.PIECE


def test_what_comes_thick_and_fast_is_let_come(monkeypatch):
    rests = []
    pace = Pace()
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", rests.append)
    for after in (1.0, REST / 2, REST / 2, 2 * REST, REST / 2):
        now[0] += after
        pace.rest()
    assert rests == [REST, REST, REST]


def test_a_connection_is_read_to_its_end():
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            theirs.sendall(b"abc")
        assert b"".join(pieces(ours, lambda: False)) == b"abc"


@pytest.mark.parametrize("size, cut", [(99, ""), (100, ""), (101, "more than 100 bytes")])
def test_a_file_that_a_child_writes(tmp_path, monkeypatch, size, cut):
    monkeypatch.setattr(limits, "BOUND", SMALL)
    path = tmp_path / "log"
    assert excess(path) == "", "it is not there yet"
    path.write_bytes(b"x" * size)
    assert excess(path) == cut
    cut_file(path)
    note = b"\ntrapline: cut here: more than 100 bytes\n" if cut else b""
    assert path.read_bytes() == b"x" * min(size, 100) + note


def test_what_is_no_file_of_the_childs_is_not_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "BOUND", SMALL)
    (tmp_path / "precious").write_bytes(b"x" * 200)
    (tmp_path / "log").symlink_to("precious")
    cut_file(tmp_path / "log")
    assert (tmp_path / "precious").stat().st_size == 200


def heard(data: bytes, size: int) -> Words:
    """The words that come so many bytes at a time."""
    words = Words()
    for start in range(0, len(data), size):
        words.add(data[start : start + size])
    return words


@pytest.mark.parametrize("more, note", [(-1, ""), (0, ""), (1, "trapline: cut here: 1 bytes")])
def test_words_in_memory_are_the_first_and_the_last(tmp_path, more, note):
    size = intake.LONGEST_SAID + more
    data = b"first" + b"." * (size - 9) + b"last"
    (tmp_path / "log").write_bytes(data)
    text = said(tmp_path / "log")
    for piece in (1000, intake.PIECE, 1 << 20):
        assert heard(data, piece).text == text
    assert text.startswith("first.") and text.endswith(".last") and len(text) < size + 100
    assert (note in text) if note else (text == data.decode())


@fault("hypervisor", "a hypervisor that writes 16 MiB", "its first and its last 32 KiB are held in memory")
def test_no_more_words_are_held_than_are_shown():
    words, piece = Words(), b"x" * intake.PIECE
    tracemalloc.start()
    try:
        for _ in range(limits.BOUND.size // intake.PIECE):
            words.add(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert f"trapline: cut here: {limits.BOUND.size - intake.LONGEST_SAID} bytes" in words.text and peak < 1 << 20


def test_words_are_fit_to_be_shown(tmp_path):
    (tmp_path / "log").write_bytes(b"a\x1b[2J\tb\r\n\xff\n")
    assert said(tmp_path / "log") == heard(b"a\x1b[2J\tb\r\n\xff\n", 3).text == "a\\x1b[2J b\n\ufffd\n"
    assert said(tmp_path / "none") == ""
