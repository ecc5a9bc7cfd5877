# SPDX-License-Identifier: BSD-2-Clause
"""What terminals and mail programs do to the lines of a log, undone where there is no doubt, and said in any case."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.catalogue.log import OWN
from harness.system.printable import printable

# What the rest of one that was wrapped between two fields begins with.
FIELD = re.compile(r"[a-z]\w*=\S*")
# After these, somebody else may have the line.
LAST = re.compile(r"(bye|ended) ")

LONGEST_QUOTED = 40  # characters of a line that is told as an example


@dataclass(frozen=True)
class Repaired:
    """A log's lines as the guest wrote them, where that is certain; what was `done` to them, what is `doubtful`."""

    lines: list[str]
    done: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


def repaired(lines: Sequence[str], widths: Sequence[int]) -> Repaired:
    """The lines of one run of the guest; how long each was with what stood before it, a time or a quotation mark."""
    whole = [line.rstrip() for line in lines]
    last = next((number for number, line in enumerate(whole) if LAST.match(line)), len(whole))
    blanks = sum(line != bare for line, bare in zip(lines[: last + 1], whole))
    done = [f"{_lines(blanks)} ended in blanks, which were taken off"] if blanks else []
    rests = [number for number, line in enumerate(whole[:last]) if number and line and not OWN.match(line)]
    if not rests:
        return Repaired(whole, tuple(done))
    bare = [width - len(line) + len(short) for width, line, short in zip(widths, lines, whole)]
    column = max(bare[: last + 1])
    after_plan = rests[0] == 1  # which was found as a whole
    if after_plan or not all(_is_wrapped(whole[at], whole[at - 1], bare[at - 1], column) for at in rests):
        words = (
            f"{_lines(len(rests))} of this log, as '{printable(whole[rests[0]][:LONGEST_QUOTED])}', begin as none of "
            "the guest's: if a mail program or a terminal has broken them, judge the file as it was captured"
        )
        return Repaired(whole, tuple(done), (words,))
    joined: list[str] = []
    again = set(rests)
    for number, line in enumerate(whole):
        if number in again:
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    done.append(f"{_lines(len(rests))} were joined to those before, as all were wrapped at {column} columns")
    return Repaired(joined, tuple(done))


def _is_wrapped(line: str, before: str, width: int, column: int) -> bool:
    """Whether a line is the rest of the one before it, which had no room for its first word."""
    first = line.partition(" ")[0]
    return bool(FIELD.fullmatch(first) and before) and width + 1 + len(first) > column


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"
