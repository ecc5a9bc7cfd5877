# SPDX-License-Identifier: BSD-2-Clause
"""What can go wrong that is not a verdict."""

import difflib
from collections.abc import Iterable

from harness.system.printable import printable

LONGEST = 2000  # characters of a line for people, of which its ends say most


class WrongQuestion(Exception):
    """The user asked for something that is not there or makes no sense.

    The text is one line, whatever it quotes: what is wrong, and how to mend it. The command ends with exit code 2.
    """

    def __init__(self, text: str) -> None:
        line = printable(text)
        super().__init__(line if len(line) <= LONGEST else f"{line[: LONGEST // 2 - 5]} ... {line[-LONGEST // 2 :]}")


def meant(name: str, names: Iterable[str], otherwise: str) -> str:
    """What to tell somebody whose name is none of these; `otherwise` where it is like none of them."""
    near = difflib.get_close_matches(name, list(names))
    return f"did you mean {', '.join(near)}?" if near else otherwise


class Cancelled(Exception):
    """The user stopped the run; what was under way is no result."""


class Stopped(KeyboardInterrupt):
    """A signal asks the whole command to end, one of signals.STOPPING."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def status(self) -> int:
        """The exit status, as a shell has it."""
        return 128 + self.number
