# SPDX-License-Identifier: BSD-2-Clause
"""What must not leave this machine with what is sent: its paths, the user's and the host's name, and how they go.

Of other machines', only homes are known.
"""

import getpass
import json
import os
import re
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from harness.catalogue.debugger_modes import MODES
from harness.judging.result import Verdict
from harness.lab import cache
from harness.system import process
from harness.system.places import ROOT
from harness.vm.script import PUBLIC

SMALLEST_NAME = 4  # characters; shorter words than that are in everything
COMMON_NAMES = (
    *("root", "user", "admin", "guest", "runner", "build", "builder", "test", "qemu", "bochs", "kernel", "localhost"),
    *("linux", "windows", "debian", "ubuntu", "fedora", "trapline", "default", "host", "lab"),
    *(*MODES, *(verdict.value for verdict in Verdict)),  # which a run says of itself
)

# A path of Windows', whose separators are one backslash, several where they are escaped, or a slash.
WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")
SEPARATOR = r"(?:\\+|/)"

# What stands before a program's name in its path, if that is more than a root.
FOLDER = re.compile(r"([A-Za-z]:[\\/]|\\\\|/)([^\\/]+[\\/]+)+")

# Anybody's home: what there is in each, in small letters, and the whole.
HOMES = (
    ("home", r"/home/[^/\s\\\"'`:;,<>()|]+"),
    ("users", r"/Users/[^/\s\\\"'`:;,<>()|]+"),
    ("users", rf"(?i:[a-z]:{SEPARATOR}Users{SEPARATOR})(?:[^\\/\"':;,<>|\r\n]+(?={SEPARATOR})|[^\\/\s\"':;,<>|]+)"),
)

# What ends in a letter or digit and is part of no name. A terminal's control sequences and short escapes (ECMA-48), as
# they are and spelled out; an escape sequence as C, Python and JSON have them; a byte of an address.
ESC = r"(?:\x1b|\\(?:[eE]|0?33|x1[bB]|u001[bB]))"
CSI = rf"(?:{ESC}\[|\x9b|\\(?:x|u00)9[bB]|\\302\\233)"
ESCAPE = (
    rf"{CSI}[0-?]*[ -/]*[@-~]|{ESC}[ -/]*[0-Z\\^-~]|\\(?:[abefnrtv]|[0-7]{{1,3}}|x[0-9A-Fa-f]{{2}}|u[0-9A-Fa-f]{{4}}"
    r"|U[0-9A-Fa-f]{8})|%[0-9A-Fa-f]{2}"
)

# Before a name there is such a thing, or no letter or digit; after it no letter or digit.
BEFORE, AFTER = rf"({ESCAPE}|(?<![A-Za-z0-9]))", r"(?![A-Za-z0-9])"


def private_words(run: Path, programs: Iterable[str]) -> dict[str, str]:
    """What to look for in what a run has left in its folder, with what stands for it."""
    words = {f"{place}/": "" for place in _both(run)}
    for program in programs:
        folder = FOLDER.match(program)
        if folder and not program.startswith(PUBLIC):
            words[folder[0]] = ""
    places = {"trapline": ROOT, "private": process.private_root()}
    with suppress(RuntimeError):  # a user without a home
        places |= {"lab": cache.root(), "~": Path.home()}
    for other, path in places.items():
        words |= {place: other for place in _both(path)}
    for other, names in (("user", _user()), ("host", [socket.gethostname()])):
        for name in names:
            words |= {part: other for part in (name, name.partition(".")[0]) if is_telling(part)}
    return words


def _both(path: Path) -> set[str]:
    """A path as it is said, and where it leads; no root of all."""
    return {place for place in (os.path.abspath(path), os.path.realpath(path)) if place != os.path.dirname(place)}


def _user() -> list[str]:
    try:
        return [getpass.getuser()]
    except (OSError, KeyError, ImportError):  # one that the system does not know
        return []


def is_telling(name: str) -> bool:
    """Whether a user's or a host's name tells anything."""
    return len(name) >= SMALLEST_NAME and name.lower() not in COMMON_NAMES


def replacing(words: dict[str, str]) -> Callable[[bytes], bytes]:
    """What replaces these words, and homes, in a text, in one pass: of two at one place, the longer one."""
    table = sorted(words.items(), key=lambda item: -len(item[0]))
    rules = [(_longest_part(word), _pattern(word), other) for word, other in table]
    rules += [(part, f"(){pattern}", "~") for part, pattern in HOMES]

    def replace(text: bytes) -> bytes:
        lower = text.lower()  # to look for what is not there takes no time, unlike a pattern with many parts
        present = [(pattern, other.encode()) for part, pattern, other in rules if part.encode() in lower]
        if not present:
            return text

        def put(match: re.Match[bytes]) -> bytes:
            whole = match.lastindex or 1  # of two groups for each pattern: all, and before the word what stays
            return match[whole + 1] + present[whole // 2][1]

        found = re.compile("|".join(f"({pattern})" for pattern, _ in present).encode())
        return found.sub(put, text)

    return replace


def _longest_part(word: str) -> str:
    """What is spelled alike wherever the word is, but for capitals."""
    return max(re.split(r"[^!-.0-\[\]-~]+", word), key=len).lower()


def _pattern(word: str) -> str:
    """A pattern with one group: what it takes before the word."""
    if WINDOWS.match(word):
        parts = [_spelled(part) for part in re.split(r"[\\/]+", word)]
        return f"()(?i:{SEPARATOR.join(parts)})" + ("" if word.endswith(("/", "\\")) else AFTER)
    if "/" in word:
        return f"(){_spelled(word)}" + ("" if word.endswith("/") else AFTER)
    return f"{BEFORE}(?i:{_spelled(word)}){AFTER}"


def _spelled(word: str) -> str:
    """A pattern of the ways in which files spell a word: in UTF-8, and escaped as JSON and as gdb have it."""
    return "".join(re.escape(character) if character.isascii() else _other(character) for character in word)


def _other(character: str) -> str:
    data = os.fsencode(character)
    octal = "".join(f"\\{byte:03o}" for byte in data)
    utf8 = "".join(f"\\x{byte:02x}" for byte in data)
    ways = [utf8, re.escape(json.dumps(character)[1:-1]), re.escape(octal)]
    return f"(?:{'|'.join(ways)})"
