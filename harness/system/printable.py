# SPDX-License-Identifier: BSD-2-Clause
"""Text from elsewhere, made fit for a terminal."""


def printable(text: str) -> str:
    """The text with every character that is not to be seen as an escape sequence of Python's: \\x1b for ESC."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def printable_text(text: str) -> str:
    """The same of text in lines, which end in a newline each, however they did; its tabs are blanks."""
    lines = text.replace("\r\n", "\n").replace("\t", " ").split("\n")
    return "\n".join(map(printable, lines))
