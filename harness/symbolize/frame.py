# SPDX-License-Identifier: BSD-2-Clause
"""What one address of a dump means."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Frame:
    """A function that was under way, innermost first. Where the compiler inlined one into the other, several have
    the same address; all but the last of these are `inlined`.

    `function` and `file` are "", `line` is 0 where they are not known. `offset` is how far the address is behind
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
        if not self.file:
            return ""
        path = Path(self.file)
        if path.is_absolute() and path.is_relative_to(Path.cwd()):
            path = path.relative_to(Path.cwd())
        return f"{path}:{self.line or '?'}"

    @property
    def name(self) -> str:
        """The function, with the offset unless it was inlined."""
        name = self.function or "?"
        return name if self.inlined or not self.symbol else f"{name}+{self.offset:#x}"

    def __str__(self) -> str:
        words = [f"{self.address:#010x}", self.name, self.place, "inlined" if self.inlined else ""]
        return "  ".join(filter(None, words))
