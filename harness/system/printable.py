# SPDX-License-Identifier: BSD-2-Clause
"""Text from elsewhere, made fit for a terminal."""

import functools

LONGEST_LINE = 1000  # characters
CUT = "(and more, which is not kept here)"


def printable(text: str) -> str:
    """The text with every character that is not to be seen as an escape sequence of Python's: \\x1b for ESC."""
    if text.isprintable():
        return text
    return "".join(map(_printable, text))


@functools.lru_cache(maxsize=1 << 12)  # of megabytes, few characters are different ones
def _printable(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def shortened(line: str) -> str:
    """The line; of one that is too long, the beginning, and that there is more."""
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} {CUT}"


def printable_text(text: str) -> str:
    """The same of text in lines, which end in a newline each, however they did; its tabs are blanks."""
    lines = text.replace("\r\n", "\n").replace("\t", " ").split("\n")
    return "\n".join(map(printable, lines))
