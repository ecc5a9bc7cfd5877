# SPDX-License-Identifier: BSD-2-Clause
"""A case's file in C: what it asks, by its first comment, and the rest."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.system import files

LICENCE = "SPDX-License-Identifier"
COMMENT = re.compile(r"\s*/\*(.*?)\*/[ \t]*\n?", re.DOTALL)


@dataclass(frozen=True)
class Source:
    """`asks` are the comment's lines, `code` those that follow it."""

    asks: list[str]
    code: list[str]


def without_licence(lines: Iterable[str]) -> list[str]:
    """The lines of a file for who reads what it says, of whichever sort it is."""
    return [line for line in lines if LICENCE not in line]


def read_source(path: Path) -> Source:
    """The parts of a case's file. Raises WrongQuestion."""
    text = files.read_text(path)
    while (found := COMMENT.match(text)) and LICENCE in found.group(1):
        text = text[found.end() :]
    if found is None:
        return Source([], text.splitlines())
    asks = [re.sub(r"^ ?\* ?", "", line).strip() for line in found.group(1).strip().splitlines()]
    return Source(asks, text[found.end() :].splitlines())
