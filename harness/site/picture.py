# SPDX-License-Identifier: BSD-2-Clause
"""The matrix as a picture: a row for each platform, a square for each question, in the colours of the page."""

from dataclasses import dataclass

from harness.catalogue.files import file_of
from harness.judging.result import Result
from harness.report.html import environment
from harness.report.page_answer import FATES, fate

SQUARE = 6  # pixels, with the gap
LONGEST_NAME = 40  # characters of a platform
MOST_PLATFORMS = 100


@dataclass(frozen=True)
class Square:
    x: int
    kind: str  # as a class


@dataclass(frozen=True)
class PictureRow:
    """A platform: its name, how many questions it gets right of how many, and its squares."""

    name: str
    right: int
    asked: int
    squares: list[Square]


def picture(results: list[Result]) -> str:
    """The picture, an SVG that stands alone; a question's square is as the worst of its results there."""
    worst: dict[tuple[str, str], str] = {}
    for result in results:
        key, mine = (result.platform, result.name), fate(result.verdict)
        worst[key] = min(worst.get(key, mine), mine, key=FATES.index)
    names = sorted({name for _, name in worst}, key=_family_first)
    platforms = list(dict.fromkeys(platform for platform, _ in worst))[:MOST_PLATFORMS]
    rows = []
    for platform in platforms:
        fates = {place: worst[platform, name] for place, name in enumerate(names) if (platform, name) in worst}
        squares = [Square(place * SQUARE, each.replace(" ", "-")) for place, each in fates.items()]
        right = sum(each == FATES[-1] for each in fates.values())
        rows.append(PictureRow(platform[:LONGEST_NAME], right, len(fates), squares))
    kinds = [each.replace(" ", "-") for each in reversed(FATES)]
    return environment().get_template("site/matrix.svg").render(rows=rows, width=len(names) * SQUARE, kinds=kinds)


def _family_first(name: str) -> tuple[str, str]:
    source = file_of(name, ".c") if name.isidentifier() else None
    return source.parent.name if source else "~", name
