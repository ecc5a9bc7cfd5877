# SPDX-License-Identifier: BSD-2-Clause
"""The files of required logs: their grammar (docs/log.md, "Required logs"), read, and written again.

A block holds for all the modes that its first line names. What follows from the mode is left out (catalogue/modes.py).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.catalogue.modes import MODES, in_any_mode, in_mode
from harness.system.errors import WrongQuestion

# What begins a block: of the guest's log, of the debugger's where it steps.
GUEST, STEPS = "begin", "steps"
END = "end"

# In place of the steps of a case through which no debugger has stepped unnoticed yet: what follows from its code is a
# guess.
UNWITNESSED = ["unwitnessed"]

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

    def text(self) -> list[str]:
        modes = sorted(self.modes, key=lambda mode: ORDER.index(mode) if mode in ORDER else len(ORDER))
        return [f"{self.word} {self.case}@{','.join(modes)}", *self.lines, f"{END} {self.case}"]


def read_blocks(path: Path) -> dict[Name, list[str]]:
    """The lines of each block in one file, in each of its modes as the guest's log has them."""
    _, blocks = _parse(path.read_text(encoding="ascii"), str(path))
    return {
        (block.word, f"{block.case}@{mode}"): [in_mode(line, mode) for line in block.lines]
        for block in blocks
        for mode in block.modes
    }


def updated(text: str, new: Mapping[Name, list[str] | None]) -> str:
    """A file's text with these blocks, each joined to those that say the same, in place of its own of that name.

    None takes a block out.
    """
    comments, blocks = _parse(text, "the log")
    for (word, case), lines in new.items():
        name, _, mode = case.partition("@")
        for block in blocks:
            if (block.word, block.case) == (word, name) and mode in block.modes:
                block.modes.remove(mode)
        if lines is None:
            continue
        short = [in_any_mode(line, mode) for line in lines]
        same = [block for block in blocks if (block.word, block.case, block.lines) == (word, name, short)]
        if same:
            same[0].modes.append(mode)
        else:
            blocks.append(Shared(word, name, [mode], short))
    blocks.sort(key=lambda block: block.word)  # stable: GUEST before STEPS
    parts = [comments, *(block.text() for block in blocks if block.modes)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _parse(text: str, source: str) -> tuple[list[str], list[Shared]]:
    """The comments, and the blocks. Raises WrongQuestion with the place in `source`."""
    comments: list[str] = []
    blocks: list[Shared] = []
    open_block: Shared | None = None
    for number, line in enumerate(text.splitlines(), 1):
        word, _, rest = line.partition(" ")
        if line.startswith(";"):
            comments.append(line)
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
            open_block.lines.append(line)
    if open_block is not None:
        raise WrongQuestion(f"{source}: the block of {open_block.case}@{','.join(open_block.modes)} has no end line")
    return comments, blocks


def _begun(line: str, before: list[Shared]) -> Shared | None:
    """The block that a line begins; None for no such line, or one of a mode that has its block `before` it."""
    found = re.fullmatch(rf"({GUEST}|{STEPS}) (\w+)@(\w+(?:,\w+)*)", line)
    if found is None:
        return None
    word, case, listed = found.groups()
    modes = listed.split(",")
    taken = [mode for block in before if block.case == case for mode in block.modes]
    return None if len({*modes, *taken}) < len(modes) + len(taken) else Shared(word, case, modes)
