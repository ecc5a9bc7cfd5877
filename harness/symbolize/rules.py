# SPDX-License-Identifier: BSD-2-Clause
"""The rules by which DWARF leads from a function to its caller, as readelf tells them."""

import bisect
import re
from dataclasses import dataclass
from pathlib import Path

from harness.symbolize.tools import DEADLINE, find_tool
from harness.system import process

MOST = 1 << 28  # bytes; of a kernel's, readelf says a third of that

HEADER = re.compile(
    r"([0-9a-f]{8,16}) [0-9a-f]{8,16} [0-9a-f]{8,16} (?:CIE|FDE cie=([0-9a-f]+) pc=([0-9a-f]+)\.\.([0-9a-f]+))"
)
CFA = re.compile(r"([a-z0-9]+)([+-][0-9]+)")
SAVED = re.compile(r"c([+-][0-9]+)")


@dataclass(frozen=True)
class Rule:
    """Holds from an address on: the frame's end is a register and an offset; `saved` are the offsets from there at
    which registers lie, the return address among them as "ra".
    """

    start: int
    register: str
    offset: int
    saved: dict[str, int]


class Rules:
    """All rules of a file: of .debug_frame, and of .eh_frame where that says nothing."""

    def __init__(self, path: Path) -> None:
        status, text = process.run(
            [find_tool("readelf"), "-W", "--debug-dump=frames-interp", str(path.resolve())],
            DEADLINE,
            MOST,
            stderr=process.subprocess.DEVNULL,
        )
        # Each function's extent, and its rules in order; one that is not understood is None.
        self._functions = sorted(_parse(text if status is not None else ""), key=lambda function: function[:2])

    def at(self, address: int) -> Rule | None:
        place = bisect.bisect_right(self._functions, address, key=lambda function: function[0]) - 1
        if place < 0 or address >= self._functions[place][1]:
            return None
        rules = [rule for start, rule in self._functions[place][2] if start <= address]
        return rules[-1] if rules else None


Function = tuple[int, int, list[tuple[int, Rule | None]]]


def _parse(text: str) -> list[Function]:
    """A header for each common part (CIE) and each function (FDE), below it a table; a function without one has that
    of its common part.
    """
    functions: list[Function] = []
    common: dict[str, list[list[str]]] = {}
    for part in re.split(r"\n\s*\n", text):
        lines = part.strip("\n").split("\n")
        match = HEADER.match(lines[0])
        if not match:
            continue
        rows = [line.split() for line in lines[1:]]
        if match[2] is None:
            common[match[1].lstrip("0")] = rows
            continue
        rows = rows or common.get(match[2].lstrip("0"), [])
        start, end = int(match[3], 16), int(match[4], 16)
        if rows and rows[0][:2] == ["LOC", "CFA"]:
            columns = [re.sub(r"^[er](?=[a-z])", "", name) if name != "ra" else name for name in rows[0][2:]]
            table = [(max(start, int(row[0], 16)), _rule(columns, row)) for row in rows[1:] if len(row) > 1]
            functions.append((start, end, table))
    return functions


def _rule(columns: list[str], row: list[str]) -> Rule | None:
    cfa = CFA.fullmatch(row[1])
    if not cfa:
        return None
    places = {name: SAVED.fullmatch(cell) for name, cell in zip(columns, row[2:])}
    saved = {name: int(match[1]) for name, match in places.items() if match}
    return Rule(int(row[0], 16), re.sub(r"^[er](?=[a-z])", "", cfa[1]), int(cfa[2]), saved)
