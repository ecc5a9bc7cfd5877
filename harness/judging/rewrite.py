# SPDX-License-Identifier: BSD-2-Clause
"""What a known bug makes of a required log, line by line and word by word: docs/add-a-bug.md."""

import fnmatch
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from harness.catalogue.modes import FLAG_NAMES

# The bits that a word may name instead of a whole field, as in dr6.BS=1. SDM Vol. 3, "Debug Status Register (DR6)".
BITS_OF_DR6 = {"B0": 0, "B1": 1, "B2": 2, "B3": 3, "BLD": 11, "BD": 13, "BS": 14, "BT": 15, "RTM": 16}

ANY_NAME = "*="
EXIT = "exit="  # the event of a nested guest that has left

Words = tuple[str, ...]
Logs = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Rewrite:
    """Consecutive lines of a required log, by words that they have, and what is seen instead.

    Where there are as many lines instead, the words of each replace those of the same name in the one beside it, and
    others stay. Where there are more or fewer, those that `old` has too stay as they are. Lines instead of none follow
    the last.
    """

    old: tuple[Words, ...]
    new: tuple[Words, ...]

    @classmethod
    def read(cls, old: str, new: str) -> "Rewrite":
        """A rewrite from a bug's file: lines, parted by newlines; no text is no line. Raises ValueError."""
        lines = [tuple(tuple(line.split(" ")) for line in text.split("\n") if line) for text in (old, new)]
        for words in itertools.chain(*lines):
            for word in words:
                check_word(word)
                if words.count(word) > 1:
                    raise ValueError(f"a rewrite names {word} twice in a line")
        if not any(lines):
            raise ValueError("a rewrite names at least one word")
        bits = [{word.partition("=")[0] for words in text for word in words if _is_bit(word)} for text in lines]
        if all(lines) and bits[0] != bits[1]:
            raise ValueError(f"rewrite {old!r}: a bit that is seen stands on both sides, as it is required too")
        return cls(*lines)

    def of(self, log: list[str]) -> list[str]:
        """The log, rewritten wherever this is about it."""
        if not self.old:
            return [*log, *map(" ".join, self.new)]
        done = [words for found, lines in self._pieces(log) for words in (self._instead_of(lines) if found else lines)]
        return [" ".join(words) for words in done]

    def found_in(self, log: list[str]) -> list[str]:
        """The lines that are rewritten; the last, where lines follow the end."""
        if not self.old:
            return log[-1:]
        return [" ".join(words) for found, lines in self._pieces(log) if found for words in lines]

    def _pieces(self, log: list[str]) -> Iterator[tuple[bool, list[Words]]]:
        """The log in order, in pieces that this is about or not."""
        left = [tuple(line.split(" ")) for line in log]
        while left:
            found = self._begins(left)
            taken = len(self.old) if found else 1
            yield found, left[:taken]
            del left[:taken]

    def place_in(self, lines: list[Words]) -> int | None:
        """Where the first lines are that this is about."""
        return next((place for place in range(len(lines)) if self._begins(lines[place:])), None)

    def _begins(self, lines: list[Words]) -> bool:
        return len(lines) >= len(self.old) and all(map(has_all, lines, self.old))

    def is_meant_for(self, lines: list[str]) -> bool:
        """Whether it says what happens in lines in which different things do."""
        events = {line.split(" ")[0] for line in lines}
        return len(self.old) != 1 or is_event(self.old[0][0]) or len(events) == 1

    def _instead_of(self, lines: list[Words]) -> list[Words]:
        if len(self.new) == len(self.old):
            return list(map(_replaced, lines, self.old, self.new))
        return [lines[self.old.index(words)] if words in self.old else words for words in self.new]


def check_word(word: str) -> None:
    """Raises ValueError where nothing in a log can be meant by a word."""
    if not word:
        raise ValueError("between words is one blank, before and after them none")
    name, _, value = word.partition("=")
    field, _, bit = name.partition(".")
    known = {"flags": FLAG_NAMES, "dr6": BITS_OF_DR6}.get(field, ())
    if _is_bit(word) and (bit not in known or value not in ("0", "1")):
        raise ValueError(f"{word!r}: a bit of dr6 or flags is 0 or 1, as in dr6.BS=1")


def number_pattern(line: str) -> str:
    """A line of a bug's log as a regular expression: * stands for a hexadecimal number, of 64 bits at most."""
    return "[0-9a-f]{1,16}".join(map(re.escape, re.split(r"\*+", line)))


def alike(recorded: list[str], seen: list[str]) -> bool:
    """Whether a log seen is the one recorded."""
    return len(recorded) == len(seen) and all(
        one == other or ("*" in one and re.fullmatch(number_pattern(one), other)) for one, other in zip(recorded, seen)
    )


def before(log: list[str], places: list[str]) -> list[str]:
    """The lines before the first that has all the words of one of the places."""

    def there(line: str) -> bool:
        return any(has_all(tuple(line.split(" ")), tuple(place.split(" "))) for place in places)

    return list(itertools.takewhile(lambda line: not there(line), log))


def has_all(line: Words, wanted: Words) -> bool:
    """Whether a line has all of these words, or fields with such bits."""
    return all(_place(line, word) is not None for word in wanted)


def _replaced(line: Words, old: Words, new: Words) -> Words:
    """A line with the words of `new` in place of those of `old`."""
    words: list[str | None] = list(line)
    added = list(new)
    for word in old:
        place = _place(line, word)
        assert place is not None
        instead = next((other for other in added if _name(other) == _name(word)), None)
        if instead is None:
            words[place] = None
        else:
            added.remove(instead)
            words[place] = _put(words[place] or line[place], instead)
    return (*filter(None, words), *added)


def _is_bit(word: str) -> bool:
    return word.startswith(("flags.", "dr6."))


def is_event(word: str) -> bool:
    """Whether a word says what happened (#DB, NMI, exit=#DB, note), and not how."""
    return "=" not in word or word.startswith(EXIT)


def _name(word: str) -> str:
    """What a word is replaced by: the field's or bit's name; "" for the event, which has none."""
    return "" if is_event(word) else word.partition("=")[0]


def _place(line: Words, wanted: str) -> int | None:
    """Where a line has a word, or a field with such a bit."""
    return next((place for place, word in enumerate(line) if _fits(word, wanted)), None)


@lru_cache(maxsize=1 << 13)  # lines have most of their words in common
def _fits(word: str, wanted: str) -> bool:
    name, _, value = wanted.partition("=")
    field, _, bit = name.partition(".")
    if is_event(wanted):
        return is_event(word) and fnmatch.fnmatchcase(word, wanted)
    if bit and word.startswith(f"{field}="):
        return _has_bit(word, bit) == (value == "1")
    if wanted.startswith(ANY_NAME):
        return word.partition("=")[2] == value
    return word == wanted


def _has_bit(word: str, bit: str) -> bool:
    field, _, value = word.partition("=")
    return bit in value.split(",") if field == "flags" else bool(int(value, 16) >> BITS_OF_DR6[bit] & 1)


def _put(word: str, instead: str) -> str:
    """A word with what stands instead: another, another value for any name, or one bit."""
    name, _, value = instead.partition("=")
    field, _, bit = name.partition(".")
    own, _, old = word.partition("=")
    if is_event(instead):
        return word if "*" in instead else instead
    if instead.startswith(ANY_NAME):
        return f"{own}={value}"
    if not bit or own != field:
        return instead
    if field == "flags":
        flags = {*old.split(","), bit} - {"-"} if value == "1" else {*old.split(",")} - {"-", bit}
        return f"flags={','.join(sorted(flags, key=FLAG_NAMES.index)) or '-'}"
    mask = 1 << BITS_OF_DR6[bit]
    return f"{own}={int(old, 16) | mask if value == '1' else int(old, 16) & ~mask:08x}"
