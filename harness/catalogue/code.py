# SPDX-License-Identifier: BSD-2-Clause
"""The instructions of a case's bodies, as the build disassembled them into the image (guest/instructions.awk)."""

import bisect
import functools
import re
from dataclasses import dataclass
from pathlib import Path

from harness.catalogue import elf
from harness.catalogue.image import Image
from harness.system.errors import WrongQuestion

END = "end"  # the mark after a body's last instruction

# What may lead anywhere but to the next instruction.
TRANSFERS = re.compile(r"(j\w+|loop\w*|l?call\w*|l?ret\w*|iret\w*|ljmp\w*|sys\w+|vmrun|vmmcall)\b")
REPEATED = re.compile(r"rep(n?[ez])?\b")
JUMP = re.compile(r"jmp +(?:0x)?([0-9a-f]+)$")


@dataclass(frozen=True)
class Instruction:
    """One instruction at `place` (MARK+OFFSET), as text; `target` is the place that a jump there always leads to."""

    place: str
    text: str
    target: str | None = None

    @property
    def repeated(self) -> bool:
        return bool(REPEATED.match(self.text))

    @property
    def transfers(self) -> bool:
        """Whether it may lead to a place that is not in its text."""
        return self.target is None and bool(TRANSFERS.match(self.text))


# Of each body its instructions in order; after the last the place END.
Code = tuple[tuple[Instruction, ...], ...]


def code_of(image: Image, case: str) -> Code:
    """The bodies of a case (NAME@MODE), in the order in which its file defines them. Raises WrongQuestion."""
    return tuple(_body(image, start, end) for start, end in image.bodies_of(case))


def _body(image: Image, start: int, end: int) -> tuple[Instruction, ...]:
    def place(address: int) -> str | None:
        return image.place(0, address, 0) if start <= address <= end else None

    found = []
    every = _disassembly(image.path)
    for address, text in every[bisect.bisect_left(every, (start, "")) : bisect.bisect_left(every, (end, ""))]:
        jump = JUMP.match(text)
        found.append(Instruction(place(address) or "", text, place(int(jump.group(1), 16)) if jump else None))
    return (*found, Instruction(END, ""))


@functools.lru_cache
def _disassembly(path: Path) -> list[tuple[int, str]]:
    """Every body's instructions, by their addresses."""
    with elf.opened(path) as file:
        section = file.get_section_by_name("trapline.instructions")
        lines = section.data().decode("ascii").splitlines() if section else []
        found = sorted((int(address, 16), text) for address, _, text in (line.partition(" ") for line in lines))
    if not found:
        raise WrongQuestion(f"{path} does not say what instructions it has: build it again with 'make clean all'")
    return found
