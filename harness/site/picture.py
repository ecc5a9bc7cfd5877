# SPDX-License-Identifier: BSD-2-Clause
"""The matrix as a picture: a row for each platform, a stripe for each question, in the colours of the page."""

import itertools
from dataclasses import dataclass

from harness.catalogue.files import file_of
from harness.judging.result import Result
from harness.report.html import environment
from harness.report.page_answer import FATES, fate

STRIPE = 2  # pixels of a question
CHARACTER = 7.3  # pixels, of the picture's font
LONGEST_NAME = 40  # characters of a platform
MOST_PLATFORMS = 100


@dataclass(frozen=True)
class Bar:
    """Stripes of one colour, side by side."""

    x: int
    width: int
    kind: str  # as a class


@dataclass(frozen=True)
class PictureRow:
    """A platform: its name, how many questions it gets right of how many, and its stripes."""

    name: str
    right: int
    asked: int
    bars: list[Bar]

    @property
    def words(self) -> str:
        return f"{self.right} of {self.asked} right"


def picture(results: list[Result]) -> str:
    """The picture, an SVG that stands alone; a question's stripe is as the worst of its results there."""
    worst: dict[tuple[str, str], str] = {}
    for result in results:
        key, mine = (result.platform, result.name), fate(result.verdict)
        worst[key] = min(worst.get(key, mine), mine, key=FATES.index)
    names = sorted({name for _, name in worst}, key=_family_first)
    platforms = list(dict.fromkeys(platform for platform, _ in worst))[:MOST_PLATFORMS]
    rows = []
    for platform in platforms:
        fates = [worst.get((platform, name), "") for name in names]
        asked = [each for each in fates if each]
        rows.append(PictureRow(platform[:LONGEST_NAME], asked.count(FATES[-1]), len(asked), _bars(fates)))
    longest = max((len(text) for row in rows for text in (row.name, row.words)), default=0)
    left = 24 + round(CHARACTER * longest)
    width = STRIPE * len(names)
    return environment().get_template("site/matrix.svg").render(rows=rows, left=left, width=width, kinds=_legend())


def _bars(fates: list[str]) -> list[Bar]:
    """The stripes of a row; none where nothing was asked."""
    bars, place = [], 0
    for kind, alike in itertools.groupby(fates):
        count = len(list(alike))
        if kind:
            bars.append(Bar(STRIPE * place, STRIPE * count, _class_of(kind)))
        place += count
    return bars


def _legend() -> list[tuple[int, str, str]]:
    """Where each kind is explained, in pixels, with its class and its words."""
    legend, x = [], 0.0
    for kind in reversed(FATES):
        legend.append((round(x), _class_of(kind), kind))
        x += 40 + CHARACTER * len(kind)
    return legend


def _class_of(kind: str) -> str:
    return kind.replace(" ", "-")


def _family_first(name: str) -> tuple[str, str]:
    source = file_of(name, ".c") if name.isidentifier() else None
    return source.parent.name if source else "~", name
