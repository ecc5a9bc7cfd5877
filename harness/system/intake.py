# SPDX-License-Identifier: BSD-2-Clause
"""The one way to take what others say while they say it: up to the bound (system/limits.py), and never for ever."""

import math
import os
import select
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from harness.system import limits
from harness.system.limits import Bound, amount
from harness.system.printable import printable_text

PIECE = 1 << 16  # bytes that are read at a time
LOOK = 0.05  # seconds between two looks whether a source that is silent is to be heard on
REST = 0.01  # seconds within which the next piece comes, where one is said thick and fast

# Bytes; no pipe or connection holds as much when its writer has ended: who says more is another.
MOST_LEFT = 4 << 20

LONGEST_SAID = 1 << 16  # bytes of a hypervisor's words that are kept in memory: of more, the first and the last half
HALF_SAID = LONGEST_SAID // 2


class Intake:
    """Takes what one source says, piece by piece. `cut` says why no more is taken, once it is more than the bound."""

    def __init__(self, bound: Bound | None = None) -> None:
        self._bound = bound or limits.BOUND
        self._size = self._lines = 0
        self._rest = b""
        self.cut = ""

    def take(self, data: bytes) -> tuple[bytes, list[bytes]]:
        """What of a piece is taken, and the lines that have become whole by it, without their ends."""
        room = 0 if self.cut else self._bound.size - self._size
        if len(data) > room:
            self.cut = self.cut or f"more than {amount(self._bound.size)}"
            data = data[:room]
        self._size += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > self._bound.line:
            *pieces, self._rest = self._pieces(self._rest)
            lines += pieces
        return data, self._counted(piece for line in lines for piece in self._pieces(line))

    def last(self) -> list[bytes]:
        """What has no line end, when the source has ended."""
        rest, self._rest = self._rest, b""
        return self._counted([rest] if rest else [])

    def _pieces(self, line: bytes) -> list[bytes]:
        most = self._bound.line
        return [line[start : start + most] for start in range(0, len(line), most)] or [line]

    def _counted(self, lines: Iterable[bytes]) -> list[bytes]:
        found = list(lines)
        room = self._bound.lines - self._lines
        if len(found) > room:
            self.cut = self.cut or f"more than {self._bound.lines} lines"
        self._lines += len(found[:room])
        return found[:room]


def pieces(source: Any, over: Callable[[], bool]) -> Iterator[bytes]:
    """What comes over a pipe or a connection, until its end; once it is `over`, what is there by then.

    Whoever else has the other end, as what a child has left behind, is not waited for. Windows has no way to do so.
    """
    if os.name != "posix":
        yield from _until_end(source)
        return
    waiting = select.poll()
    waiting.register(source.fileno(), select.POLLIN)
    left = MOST_LEFT
    while left > 0:
        ended = over()
        if waiting.poll(0 if ended else LOOK * 1000):
            try:
                data = os.read(source.fileno(), PIECE)
            except OSError:  # of a connection, that it was broken off
                return
            if not data:
                return
            left -= len(data) if ended else 0
            yield data
        elif ended:
            return


def _until_end(source: Any) -> Iterator[bytes]:
    read = source.recv if hasattr(source, "recv") else source.read1
    try:
        while data := read(PIECE):
            yield data
    except OSError:
        pass


class Pace:
    """Has a thread take what comes thick and fast, as one piece for each step of a debugger, by several pieces at once.

    That a thread wakes, and wakes others, takes longer than what it then does: of a run in mode step, a third.
    """

    def __init__(self) -> None:
        self._last = -math.inf

    def rest(self) -> None:
        """Lets more come, where the piece before this one has only just come."""
        if time.monotonic() - self._last < REST:
            time.sleep(REST)
        self._last = time.monotonic()


def note_cut(why: str) -> bytes:
    """The line that ends what is kept of a source that said too much."""
    return f"\ntrapline: cut here: {why}\n".encode("ascii")


def excess(path: Path) -> str:
    """Why a file that a child writes is too long, if it is; else ""."""
    try:
        found = path.lstat()
    except OSError:  # it is not there yet
        return ""
    too_long = stat.S_ISREG(found.st_mode) and found.st_size > limits.BOUND.size
    return f"more than {amount(limits.BOUND.size)}" if too_long else ""


def cut_file(path: Path) -> None:
    """Cuts a file that a child has written, if it is too long, and says so at its end."""
    if why := excess(path):
        with path.open("r+b") as file:
            file.truncate(limits.BOUND.size)
            file.seek(0, os.SEEK_END)
            file.write(note_cut(why))


class Words:
    """What a hypervisor says, while it says it: no more is held of that than is shown."""

    def __init__(self) -> None:
        self._first = self._last = b""
        self._size = 0

    def add(self, data: bytes) -> None:
        self._first += data[: LONGEST_SAID - len(self._first)]
        self._last = (self._last + data)[-HALF_SAID:]
        self._size += len(data)

    @property
    def text(self) -> str:
        """All of it, fit to be shown; the first and the last words, where that is much."""
        return _abridged(self._first, self._last, self._size)


def _abridged(first: bytes, last: bytes, size: int) -> str:
    """So many bytes as a text, by the first LONGEST_SAID and the last HALF_SAID of them."""
    if size > LONGEST_SAID:
        first = first[:HALF_SAID] + note_cut(f"{size - LONGEST_SAID} bytes") + last
    return printable_text(first.decode("utf-8", "replace"))


def said(path: Path) -> str:
    """The same of a file that a child writes or has written; "" where there is none."""
    try:
        with path.open("rb") as file:
            first, size = file.read(LONGEST_SAID), os.fstat(file.fileno()).st_size
            file.seek(max(0, size - HALF_SAID))
            last = file.read(HALF_SAID)
    except OSError:
        return ""
    return _abridged(first, last, size)
