# SPDX-License-Identifier: BSD-2-Clause
"""What one address of a dump means."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@cache
def _relative(file: str) -> Path:
    path = Path(file)
    return path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path


@dataclass(frozen=True)
class Frame:
    """A function that was under way, innermost first. Where the compiler inlined one into the other, several have
    the same address; all but the last of these are `inlined`.

    `function` and `file` are "", `line` is 0 where they are not known. `offset` is how far the address is after
    the start of the function that holds its code, which the symbol table calls `symbol`; "" and 0 without.
    """

    address: int
    function: str
    file: str = ""
    line: int = 0
    inlined: bool = False
    symbol: str = ""
    offset: int = 0

    @property
    def place(self) -> str:
        """FILE:LINE, relative to the working directory if it is below it; "" if it is not known."""
        return f"{_relative(self.file)}:{self.line or '?'}" if self.file else ""

    @property
    def name(self) -> str:
        """The function, with the offset unless it was inlined."""
        name = self.function or "?"
        return name if self.inlined or not self.symbol else f"{name}+{self.offset:#x}"

    def __str__(self) -> str:
        words = [f"{self.address:#010x}", self.name, self.place, "inlined" if self.inlined else ""]
        return "  ".join(filter(None, words))
