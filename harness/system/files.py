# SPDX-License-Identifier: BSD-2-Clause
"""The one way to read what others wrote: regular files alone, within bounds, as text, TOML or JSON.

Whatever is wrong with one is a WrongQuestion in one line that begins with its name.
"""

import itertools
import json
import os
import re
import select
import stat
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from harness.system.errors import WrongQuestion
from harness.system import limits
from harness.system.limits import SILENCE, amount
from harness.system.printable import printable

# Bytes. The longest of each kind that is known has less than a tenth of that.
LARGEST_TEXT = 4 << 20
LARGEST_TOML = 1 << 19  # which Python reads at about 1 MiB a second
LARGEST_JSON = 32 << 20  # of the whole catalogue in all debugger modes, JSON= has 3.3 MB
LARGEST_PROGRAM = 2 << 30
ANY_SIZE = 1 << 62  # of a file that is not read as a whole

STANDARD_INPUT = "-"
PATIENCE = SILENCE  # seconds without a byte from a pipe that has a name: whoever opens one may be alone with it

DEEPEST = 40  # tables and lists within each other
# In a file of JSON, of which each takes memory: seven times those in the 9300 results of the whole catalogue.
MOST_VALUES = 2_000_000
LARGEST_NUMBER = 1 << 64

# What a value begins with, or has before it; a string is one, whatever is in it, even where it has no end.
VALUE = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{,]', re.DOTALL)

PIPE, DEVICE = "a pipe", "a device"
KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, PIPE),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, DEVICE),
    (stat.S_ISBLK, DEVICE),
)


def kind(path: Path) -> str:
    """What is at a path, if that is no regular file; else "". Raises OSError."""
    mode = os.stat(path).st_mode
    return next((words for is_such, words in KINDS if is_such(mode)), "")


@contextmanager
def opened(path: Path, most: int = LARGEST_PROGRAM, called: str = "") -> Iterator[BinaryIO]:
    """A file of at most so many bytes, to be read in pieces; `called` in what is said of it, if not by its path."""
    name = called or printable(str(path))
    try:
        if other := kind(path):
            raise WrongQuestion(f"{name}: Is {other}, not a file")
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > most:
                raise WrongQuestion(f"{name}: has more than {amount(most)}: is it the right one?")
            yield file
    except OSError as error:
        raise WrongQuestion(f"{name}: {error.strerror or error}") from None


def read_bytes(path: Path, most: int = LARGEST_TEXT, called: str = "") -> bytes:
    """All of a file."""
    with opened(path, most, called) as file:
        return file.read(most)


def read_text(path: Path, encoding: str = "utf-8", most: int = LARGEST_TEXT, called: str = "") -> str:
    """All of a file that is text; its lines end in a newline each, however they do there."""
    data = read_bytes(path, most, called)
    try:
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = f"byte {data[error.start]:#04x} in line {line} is no {encoding.upper()} text"
        raise WrongQuestion(f"{called or printable(str(path))}: {words}") from None


def read_toml(path: Path, encoding: str = "utf-8", called: str = "") -> dict[str, Any]:
    """The table in a file, not too deep to be looked at."""
    text, name = read_text(path, encoding, LARGEST_TOML, called), called or printable(str(path))
    try:
        table = tomllib.loads(text)
    except ValueError as error:
        raise WrongQuestion(f"{name}: not valid TOML: {printable(str(error))}") from None
    except RecursionError:
        table = None
    if table is None or _is_deep(table):
        raise WrongQuestion(f"{name}: not valid TOML: nested more than {DEEPEST} levels deep")
    return table


def read_json(path: Path) -> Any:
    """The value in a file: every string fit to be shown, no number beyond what JSON's readers have in common."""
    name, text = printable(str(path)), read_text(path, most=LARGEST_JSON)
    if _has_many_values(text):
        raise WrongQuestion(f"{name}: has more than {MOST_VALUES:,} values: is it the right one?")
    try:
        value = json.loads(text, parse_constant=_no_number)
        if not _is_deep(value):
            return _shown(value)
    except ValueError:
        raise WrongQuestion(f"{name}: is not in the form of JSON") from None
    except RecursionError:
        pass
    raise WrongQuestion(f"{name}: is not in the form of JSON: nested more than {DEEPEST} levels deep")


def read_log(source: str) -> bytes:
    """A log that others have captured, up to the bound: of a file, a pipe, a device, or standard input.

    One that is longer has a byte more here.
    """
    name, most = printable(source), limits.BOUND.size + 1
    try:
        if source == STANDARD_INPUT:
            if sys.stdin is None:
                raise WrongQuestion(f"{name}: standard input is closed")
            return sys.stdin.buffer.read(most)
        if kind(Path(source)) in (PIPE, DEVICE):
            return _read_stream(source, name, most)
        with opened(Path(source), ANY_SIZE) as file:
            return file.read(most)
    except OSError as error:
        raise WrongQuestion(f"{name}: {error.strerror or error}") from None


def _read_stream(source: str, name: str, most: int) -> bytes:
    data = b""
    with open(source, "rb", buffering=0, opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK)) as file:
        while len(data) < most:
            if not select.select([file], [], [], PATIENCE)[0]:
                words = f"Is a pipe or device that has given nothing for {PATIENCE:g} s"
                raise WrongQuestion(f"{name}: {words}: say {STANDARD_INPUT} for standard input, which is waited for")
            if not (more := file.read(most - len(data))):
                break
            data += more
    return data


def _has_many_values(text: str) -> bool:
    """Whether there are more than MOST_VALUES, as can be told before there is memory taken for each."""
    return len(text) > MOST_VALUES and any(itertools.islice(VALUE.finditer(text), MOST_VALUES, None))


def _is_deep(value: Any) -> bool:
    """Whether there are more than DEEPEST levels."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
        ]
    return bool(level)


def _no_number(word: str) -> float:
    raise ValueError(word)


def _shown(value: Any) -> Any:
    """The same with every string made printable. Raises ValueError for a number that is none elsewhere."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {printable(key): _shown(item) for key, item in value.items()}
    if isinstance(value, (int, float)) and not abs(value) <= LARGEST_NUMBER:  # as NaN is not
        raise ValueError(value)
    return value
