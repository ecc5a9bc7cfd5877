# SPDX-License-Identifier: BSD-2-Clause
"""What the tables of a TOML file may hold: which keys, and values of which kind."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from reprlib import Repr
from typing import Any

from harness.system.errors import WrongQuestion, meant
from harness.system.printable import printable

_short = Repr()
_short.maxstring = _short.maxother = 60


@dataclass(frozen=True)
class Kind:
    """Values of one kind: its name in words, and whether a value is one."""

    words: str
    has: Callable[[Any], bool]


def list_of(kind: Kind, words: str) -> Kind:
    return Kind(words, lambda value: isinstance(value, list) and all(map(kind.has, value)))


def table_of(kind: Kind, words: str) -> Kind:
    return Kind(words, lambda value: isinstance(value, dict) and all(map(kind.has, value.values())))


# Python takes True for a number.
TEXT = Kind("a text", lambda value: isinstance(value, str))
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
INTEGER = Kind("a whole number", lambda value: type(value) is int)
POSITIVE = Kind("a number above 0", lambda value: type(value) in (int, float) and 0 < value <= 1 << 64)
FACT = Kind("a text, a number, true or false", lambda value: isinstance(value, (str, int, float)))

TEXTS = list_of(TEXT, "a list of texts")
WORDS = Kind("a text, or a list of texts", lambda value: TEXT.has(value) or (TEXTS.has(value) and value != []))
TABLES = list_of(Kind("a table", lambda value: isinstance(value, dict)), "one table or more")


def shown(value: Any) -> str:
    """A value from a file, as it stands in a message."""
    return printable(_short.repr(value))


def check(
    table: Any, kinds: Mapping[str, Kind], place: str, holder: str = "it", required: Collection[str] = ()
) -> None:
    """Raises WrongQuestion, which begins with the place, where a table is not of these kinds."""
    for key in required:
        if key not in table:
            raise WrongQuestion(f"{place}: '{key}' is missing")
    for key, value in table.items():
        if key not in kinds:
            hint = meant(key, kinds, ", ".join(kinds))
            raise WrongQuestion(f"{place}: {shown(key)} is nothing that {holder} can hold: {hint}")
        if not kinds[key].has(value):
            raise WrongQuestion(f"{place}: {key} = {shown(value)}: it wants {kinds[key].words}")
