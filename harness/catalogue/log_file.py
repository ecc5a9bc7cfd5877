# SPDX-License-Identifier: BSD-2-Clause
"""The files of required logs: their grammar (docs/log.md, "Required logs"), read, and written again.

A block holds for all the modes that its first line names. What follows from the mode is left out (catalogue/modes.py).
After it stands who says the same. Before all of them stands why: comments, and rules (harness/blessing/rules.py).
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from harness.catalogue.modes import FLAG_NAMES, MODES, in_any_mode, in_mode
from harness.system import files
from harness.system.errors import WrongQuestion

# What begins a block: of the guest's log, of the debugger's where it steps.
GUEST, STEPS = "begin", "steps"
END = "end"

# What begins the line of a rule, before the blocks, and that of one who says what the block before it says.
RULE, SEEN = "rule", "seen"

# In place of the steps of a case through which no debugger has stepped unnoticed yet: what follows from its code is a
# guess.
UNWITNESSED = ["unwitnessed"]

NUMBER = re.compile(r"[0-9a-f]{1,16}")
FLAGS = {*FLAG_NAMES, "-"}

CASE = re.compile(r"\w+(@\w+(,\w+)*)?")

ORDER = [mode for modes in MODES.values() for mode in modes]

# The word that begins a block, and the case (NAME@MODE).
Name = tuple[str, str]


@dataclass
class Shared:
    """A block as it stands in a file, for several modes of a case."""

    word: str
    case: str
    modes: list[str]
    lines: list[str] = field(default_factory=list)
    seen: dict[str, list[str]] = field(default_factory=dict)  # by whom: the modes

    def text(self) -> list[str]:
        begin, end = f"{self.word} {self.case}@{','.join(_in_order(self.modes))}", f"{END} {self.case}"
        seen = [
            f"{SEEN} {who}" if set(modes) == set(self.modes) else f"{SEEN} {who}: {','.join(_in_order(modes))}"
            for who, modes in sorted(self.seen.items())
            if modes
        ]
        return [begin, *self.lines, end, *seen]

    def without(self, mode: str) -> None:
        """Takes a mode out."""
        for modes in (self.modes, *self.seen.values()):
            if mode in modes:
                modes.remove(mode)


def _in_order(modes: list[str]) -> list[str]:
    return sorted(modes, key=lambda mode: ORDER.index(mode) if mode in ORDER else len(ORDER))


def read_shared(path: Path) -> list[Shared]:
    """The blocks of one file as they stand there."""
    return _parse(files.read_text(path, "ascii"), str(path))[1]


def read_blocks(path: Path) -> dict[Name, list[str]]:
    """The lines of each block in one file, in each of its modes as the guest's log has them."""
    return {
        (block.word, f"{block.case}@{mode}"): [in_mode(line, mode) for line in block.lines]
        for block in read_shared(path)
        for mode in block.modes
    }


def read_seen(path: Path) -> dict[Name, list[str]]:
    """Who says what the blocks of one file say, in each of their modes."""
    return {
        (block.word, f"{block.case}@{mode}"): [who for who, modes in block.seen.items() if mode in modes]
        for block in read_shared(path)
        for mode in block.modes
    }


def read_comments(path: Path) -> list[tuple[int, str]]:
    """What stands before the blocks, comments and rules, with the numbers of the lines."""
    lines = enumerate(files.read_text(path, "ascii").splitlines(), 1)
    return list(itertools.takewhile(lambda line: not line[1].startswith((f"{GUEST} ", f"{STEPS} ")), lines))


def updated(
    text: str, new: Mapping[Name, list[str] | None], seen: Mapping[Name, Iterable[str]] = MappingProxyType({})
) -> str:
    """A file's text with these blocks, each joined to those that say the same, in place of its own of that name.

    None takes a block out. `seen` are who say what a block says then, beside those that have said so before. Raises
    WrongQuestion for what could not be read again.
    """
    comments, blocks = _parse(text, "the log")
    for (word, case), lines in new.items():
        name, _, mode = case.partition("@")
        for block in blocks:
            if (block.word, block.case) == (word, name) and block.lines != (lines and _short(lines, mode)):
                block.without(mode)
        if lines is None:
            continue
        short = _short(lines, mode)
        same = [block for block in blocks if (block.word, block.case, block.lines) == (word, name, short)]
        if not same:
            blocks.append(Shared(word, name, [mode], short))
        elif mode not in same[0].modes:
            same[0].modes.append(mode)
    for (word, case), implementations in seen.items():
        name, _, mode = case.partition("@")
        for block in blocks:
            if (block.word, block.case) == (word, name) and mode in block.modes:
                for who in implementations:
                    block.seen[who] = list({**dict.fromkeys(block.seen.get(who, [])), mode: None})
    blocks.sort(key=lambda block: block.word)  # stable: GUEST before STEPS
    parts = [comments, *(block.text() for block in blocks if block.modes)]
    made = "\n\n".join("\n".join(part) for part in parts if part) + "\n"
    _parse(made, "the log as it would be")
    return made


def _short(lines: list[str], mode: str) -> list[str]:
    return [in_any_mode(line, mode) for line in lines]


def _parse(text: str, source: str) -> tuple[list[str], list[Shared]]:
    """The comments, and the blocks. Raises WrongQuestion with the place in `source`."""
    comments: list[str] = []
    blocks: list[Shared] = []
    open_block: Shared | None = None
    for number, line in enumerate(text.splitlines(), 1):
        word, _, rest = line.partition(" ")
        if line.startswith(";") or (open_block is None and word.partition("@")[0] == RULE):
            comments.append(line)
        elif open_block is None and word == SEEN and blocks:
            who, _, modes = rest.partition(": ")
            blocks[-1].seen[who] = modes.split(",") if modes else list(blocks[-1].modes)
            if not who or set(blocks[-1].seen[who]) - set(blocks[-1].modes):
                raise WrongQuestion(f"{source}:{number}: '{line}' names a mode that the block before it does not")
        elif open_block is None and line:
            open_block = _begun(line, [block for block in blocks if block.word == word])
            if open_block is None:
                words = f"expected '{GUEST} CASE@MODE,MODE' or '{STEPS} CASE@MODE,MODE' of a new block, not '{line}'"
                raise WrongQuestion(f"{source}:{number}: {words}")
            blocks.append(open_block)
        elif open_block is not None and word == END and CASE.fullmatch(rest):
            if rest not in (open_block.case, f"{open_block.case}@{','.join(open_block.modes)}"):
                raise WrongQuestion(f"{source}:{number}: '{line}' closes the block of {open_block.case}")
            open_block = None
        elif open_block is not None and line:
            if odd := next(filter(_is_odd, line.split(" ")), None):
                raise WrongQuestion(f"{source}:{number}: {odd} is no value of that field")
            open_block.lines.append(line)
    if open_block is not None:
        raise WrongQuestion(f"{source}: the block of {open_block.case}@{','.join(open_block.modes)} has no end line")
    return comments, blocks


def _is_odd(word: str) -> bool:
    """Whether a field whose bits are looked into has a value that has none."""
    name, _, value = word.partition("=")
    if name == "flags":
        return not FLAGS.issuperset(value.split(","))
    return name in ("dr6", "dr7") and NUMBER.fullmatch(value) is None


def _begun(line: str, before: list[Shared]) -> Shared | None:
    """The block that a line begins; None for no such line, or one of a mode that has its block `before` it."""
    found = re.fullmatch(rf"({GUEST}|{STEPS}) (\w+)@(\w+(?:,\w+)*)", line)
    if found is None:
        return None
    word, case, listed = found.groups()
    modes = listed.split(",")
    taken = [mode for block in before if block.case == case for mode in block.modes]
    return None if len({*modes, *taken}) < len(modes) + len(taken) else Shared(word, case, modes)
