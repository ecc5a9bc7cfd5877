# SPDX-License-Identifier: BSD-2-Clause
"""What a page says first where known bugs were looked for: what became of each, and whether its file is right."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HeldRow:
    """A bug, and what is to be said of it in each column, with its kind: a class of page.css."""

    name: str
    title: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True)
class Held:
    """Files of bugs/ held against what is there: a column for each platform; how many are `wrong`, and why."""

    columns: list[str]
    rows: list[HeldRow]
    wrong: int
    why: list[str]
