# SPDX-License-Identifier: BSD-2-Clause
"""Explanations on a console: prose in lines that fit, and the text of files, which may come from anywhere."""

import itertools
import textwrap
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from harness.report.terminal import PARAGRAPH, UNLIMITED, room
from harness.system.printable import printable

INDENT = "  "
TAB = 4
MOST_LINES = 40  # of one file or block, on a terminal
NARROWEST = 20


class Sheet:
    """`out` is where it all goes."""

    def __init__(self, out: Console) -> None:
        self.out = out
        self._begun = False
        self._prose = max(NARROWEST, room(out, PARAGRAPH))
        self._code = max(NARROWEST, room(out, UNLIMITED))

    def heading(self, text: str) -> None:
        """The first line of a part."""
        if self._begun:
            self.out.print()
        self.line(text, style="bold")

    def line(self, text: str, style: str = "") -> None:
        """One line as it is, to be copied whole."""
        self._begun = True
        self.out.print(Text(_shown(text), style=style))

    def prose(self, lines: Iterable[str]) -> None:
        """Sentences that stood on several lines, in paragraphs as wide as there is room for."""
        for filled, paragraph in itertools.groupby(lines, key=bool):
            if not filled:
                self.out.print()
                continue
            self.item(" ".join(paragraph))

    def item(self, text: str, indent: str = INDENT) -> None:
        """A paragraph."""
        places = {"initial_indent": indent, "subsequent_indent": indent}
        wrapper = textwrap.TextWrapper(self._prose, **places, break_on_hyphens=False, break_long_words=False)
        for line in wrapper.wrap(_shown(text)):
            self.line(line)

    def code(self, lines: list[str], file: str) -> None:
        """The text of a program: of each line what fits."""
        pieces = [Text(f"{INDENT}{_shown(line)}".rstrip()) for line in lines]
        for piece in pieces:
            piece.truncate(self._code, overflow="ellipsis")
        self._begin(pieces, file)

    def text(self, lines: list[str], file: str) -> None:
        """The text of a log, or why it is so: its lines are whole."""
        self._begin([Text(f"{INDENT}{_shown(line)}") for line in lines], file)

    def _begin(self, lines: list[Text], file: str) -> None:
        """A terminal gets the beginning of what is long."""
        most = MOST_LINES if self.out.is_terminal else len(lines)
        if lines:
            self.out.print(Text("\n").join(lines[:most]))
        if (more := len(lines) - most) > 0:
            self.line(f"{INDENT}... and {more} more lines in {file}", style="dim")


def _shown(text: str) -> str:
    return printable(text.expandtabs(TAB))
