# SPDX-License-Identifier: BSD-2-Clause
"""The guest's images: which cases one holds, and where its symbols are."""

import bisect
import fnmatch
import functools
import os
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from elftools.elf.constants import SH_FLAGS

from harness.catalogue import elf
from harness.catalogue.modes import MODES, mode_width
from harness.system import errors
from harness.system.errors import WrongQuestion
from harness.system.places import BUILD, calling


ELF32_SYM = struct.Struct("<II6xH")  # System V ABI, "Symbol Table": st_name, st_value, st_shndx


@dataclass(frozen=True)
class Door:
    """An instruction by which the kernel enters or returns to a body; `cs` is 0 where any will do."""

    ip: int
    cs: int = 0

    @property
    def linear(self) -> int:
        return (self.cs << 4) + self.ip


@dataclass(frozen=True)
class Image:
    """`cases` are NAME@MODE, in the order in which the guest runs them; `everything` are all that the file has."""

    path: Path
    cases: tuple[str, ...]
    everything: tuple[str, ...] = ()

    def narrowed(self, wanted: Callable[[str], bool]) -> "Image":
        """The same file with only the cases that are wanted."""
        return replace(self, cases=tuple(filter(wanted, self.cases)))

    def pattern(self, cases: Sequence[str]) -> str:
        """What follows `cases=` on the guest's command line to get these of its cases: short, where it can be."""
        if tuple(cases) == self.everything:
            return "*"
        if len(cases) > 1 and tuple(cases) == self.everything[-len(cases) :]:
            return f"* after={self.everything[-len(cases) - 1]}"
        whole = set(map(_name, self.everything)) - set(map(_name, set(self.everything) - set(cases)))
        return ",".join(dict.fromkeys(_name(case) if _name(case) in whole else case for case in cases))

    def fitting(self, cases: list[str], longest: int) -> list[str]:
        """The most of the first of these cases whose pattern has at most `longest` characters; one at least."""
        if len(self.pattern(cases)) <= longest:
            return cases
        counts = range(len(cases) - 1, 1, -1)
        return cases[: next((count for count in counts if len(self.pattern(cases[:count])) <= longest), 1)]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def debug(self) -> Path:
        """The same image with its debug information, which lies beside it."""
        return self.path.with_suffix(".debug.elf")

    def symbol(self, name: str) -> int:
        """The address of a symbol."""
        return _symbol(self.path, name)

    def doors(self) -> list[Door]:
        """All instructions that the assembly files label `to_body`."""
        symbols = _symbols(self.path)
        found = {name.partition(".")[0]: address for name, address in symbols.items() if name.endswith(".to_body")}
        return [
            # What leaves protected mode runs as a copy, at the beginning of a segment (guest/constants.h).
            Door(address - self.symbol("real_stubs"), self.symbol("REAL_STUBS_SEGMENT"))
            if name.startswith("leave_to_")
            else Door(address)
            for name, address in found.items()
        ]

    def body_segment(self) -> tuple[int, int]:
        """The segment in which 16-bit bodies run, and how much of it they take at most, in bytes."""
        return (
            self.symbol("BODY_SEGMENT"),
            max((end - start for start, end in _bodies(self.path).values()), default=0) + 1,
        )

    def marks(self, case: str) -> dict[str, int]:
        """The linear addresses of the marks in the bodies of a case (NAME@MODE), where it runs them."""
        width = mode_width(case.partition("@")[2])
        found: dict[str, int] = {}
        for start, end in self.bodies_of(case):
            base = (self.symbol("BODY_SEGMENT") << 4) - start if width == 16 else 0
            found |= {mark: base + address for address, mark in _marks(self.path) if start <= address <= end}
        return found

    def bodies_of(self, case: str) -> list[tuple[int, int]]:
        """Where the bodies of a case (NAME@MODE) start and end, as they were linked."""
        name, _, mode = case.partition("@")
        bodies = [body for body in _bodies_of(self.path, name) if body.endswith(f"_{mode_width(mode)}")]
        found = _bodies(self.path)
        if missing := next((body for body in bodies if body not in found), None):
            raise WrongQuestion(f"{self.path} has no symbol {missing}_start: build it again with 'make clean all'")
        return [found[body] for body in bodies]

    def place(self, cs: int, ip: int, body: int) -> str | None:
        """MARK+OFFSET of an instruction, as the guest's log has it; None outside of bodies.

        `body` is the address for which the code in the 16-bit segment was linked.
        """
        return _place(self.path, ip + body if cs == _symbols(self.path).get("BODY_SEGMENT") else ip)

    def handler(self, ip: int) -> str | None:
        """trap_N where the handler of vector N begins (boot/traps.asm), None anywhere else."""
        return _handlers(self.path).get(ip)


@functools.lru_cache(maxsize=None)
def _name(case: str) -> str:
    return case.partition("@")[0]


def _place(path: Path, address: int) -> str | None:
    """MARK+OFFSET of an instruction at the address for which it was linked; None outside of bodies."""
    starts, bodies = _bodies_in_order(path)
    number = bisect.bisect_right(starts, address)
    if not number or address > bodies[number - 1][1]:
        return None
    start = starts[number - 1]
    marks = _marks(path)  # of several at one place, the last, as in guest/body.c
    found = bisect.bisect_right(marks, address, key=lambda each: each[0])
    if not found or marks[found - 1][0] < start:
        raise WrongQuestion(
            f"{path} has no mark at {start:#x}, where a body starts: build it again with 'make clean all'"
        )
    nearest, mark = marks[found - 1]
    return mark + (f"+{address - nearest}" if address > nearest else "")


@functools.lru_cache
def _symbol_table(path: Path) -> list[tuple[str, int, bool]]:
    """Each symbol's name, value, and whether it lies in code. pyelftools takes 0.1 s for them, one by one."""
    with elf.opened(path) as file:
        table = file.get_section_by_name(".symtab")
        if table is None:
            return []
        code = {
            number
            for number, section in enumerate(file.iter_sections())
            if section["sh_flags"] & SH_FLAGS.SHF_EXECINSTR
        }
        names, entries = file.get_section(table["sh_link"]).data(), ELF32_SYM.iter_unpack(table.data())
        return [
            (names[name : names.index(b"\0", name)].decode("ascii"), value, section in code)
            for name, value, section in entries
        ]


@functools.lru_cache
def _symbols(path: Path) -> dict[str, int]:
    return {name: value for name, value, _ in _symbol_table(path)}


def _symbol(path: Path, name: str) -> int:
    try:
        return _symbols(path)[name]
    except KeyError:
        raise WrongQuestion(f"{path} has no symbol {name}: build it again with 'make clean all'") from None


def nearest_symbol(path: Path, address: int) -> str | None:
    """SYMBOL+OFFSET of a linear address in a program, by its symbols; None where it has none, or lies elsewhere."""
    addresses = _code_symbols(path)
    index = bisect.bisect_right(addresses, (address, chr(0x10FFFF))) - 1
    if index < 0 or address > addresses[-1][0]:
        return None
    start, name = addresses[index]
    return f"{name}+{address - start}" if address > start else name


@functools.lru_cache
def _code_symbols(path: Path) -> list[tuple[int, str]]:
    """The symbols of all code, by address."""
    return sorted((value, name) for name, value, in_code in _symbol_table(path) if name and in_code)


@functools.lru_cache
def _handlers(path: Path) -> dict[int, str]:
    return {address: name for name, address in _symbols(path).items() if re.fullmatch(r"trap_\d+", name)}


@functools.lru_cache
def _bodies(path: Path) -> dict[str, tuple[int, int]]:
    """Where each body starts and ends: the ASSEMBLE macro in guest/case.h gives it these symbols."""
    symbols = _symbols(path)
    names = [name.removesuffix("_start") for name in symbols if re.search(r"_(16|32|64)_start$", name)]
    return {name: (symbols[f"{name}_start"], _symbol(path, f"{name}_end")) for name in names}


@functools.lru_cache
def _bodies_in_order(path: Path) -> tuple[list[int], list[tuple[int, int]]]:
    """The bodies by their place, none of which overlap: where each starts, and the same with where it ends."""
    bodies = sorted(_bodies(path).values())
    return [start for start, _ in bodies], bodies


def _bodies_of(path: Path, name: str) -> list[str]:
    """The names of the bodies that cases/FAMILY/NAME.c defines."""
    return [body for file, body in _bodies_by_file(path) if file.endswith(f"/{name}.c")]


@functools.lru_cache
def _bodies_by_file(path: Path) -> list[tuple[str, str]]:
    """The file and the name of each body: ASSEMBLE lists them all in a section."""
    with elf.opened(path) as file:
        section = file.get_section_by_name("trapline.bodies")
        entries = section.data().decode("ascii").split("\0") if section else []
    return [(name, body) for name, _, body in (entry.partition(" ") for entry in entries)]


@functools.lru_cache
def _marks(path: Path) -> list[tuple[int, str]]:
    """All marks by their address: struct mark in guest/body.c, between marks_start and marks_end."""
    with elf.opened(path) as file:
        section = file.get_section_by_name(".rodata")
        base, data = section["sh_addr"], section.data()
        pairs = struct.iter_unpack("<II", data[_symbol(path, "marks_start") - base : _symbol(path, "marks_end") - base])
        marks = [(address, data[name - base : data.index(0, name - base)].decode("ascii")) for address, name in pairs]
        return sorted(marks, key=lambda mark: mark[0])


def modes_of(name: str) -> tuple[str, ...]:
    """The modes that the image of this name has cases for."""
    return MODES[name]


def read_image(path: Path) -> Image:
    """The image in a file. Raises WrongQuestion."""
    if not os.path.lexists(path):
        raise WrongQuestion(f"{path} is not there: build the images with 'make'")
    try:
        with elf.opened(path) as file:
            section = file.get_section_by_name("trapline.cases")
            text = section.data().decode("ascii") if section else None
    except WrongQuestion as error:
        raise WrongQuestion(f"{error}: it is no image of this guest: build it again with 'make clean all'") from None
    if text is None:
        raise WrongQuestion(f"{path} is no image of this guest: build it again with 'make clean all'")
    cases = []
    for entry in [entry for entry in text.split("\0") if entry]:
        name, _, modes = entry.partition(" ")
        listed = re.findall(r"\w+", modes.lower())
        cases += [f"{name}@{mode}" for mode in MODES[path.stem] if mode in listed]
    return Image(path, tuple(cases), tuple(cases))


def read_images(build: Path = BUILD) -> list[Image]:
    return [read_image(build / f"{name}.elf") for name in MODES]


def meant(name: str, names: list[str]) -> str:
    """What to tell somebody whose name is none of these."""
    return errors.meant(name, names, f"'{calling('list')}' shows what there is")


def select(images: list[Image], case: str, mode: str) -> list[Image]:
    """The images with only the cases that match the comma-separated patterns; an empty string means all.

    A case's pattern is held against NAME@MODE if it has an @, else against NAME.
    """
    everything = [name for image in images for name in image.cases]

    def wanted(full_name: str) -> bool:
        name, _, its_mode = full_name.partition("@")
        by_case = not case or any(
            fnmatch.fnmatchcase(full_name if "@" in pattern else name, pattern) for pattern in case.split(",")
        )
        by_mode = not mode or any(fnmatch.fnmatchcase(its_mode, pattern) for pattern in mode.split(","))
        return by_case and by_mode

    chosen = [image.narrowed(wanted) for image in images]
    names = sorted({name.partition("@")[0] for name in everything})
    modes = sorted({name.partition("@")[2] for name in everything})
    for pattern in case.split(",") if case else []:
        if not fnmatch.filter(everything if "@" in pattern else names, pattern):
            raise WrongQuestion(f"CASE={pattern}: there is no such case: {meant(pattern.partition('@')[0], names)}")
    for pattern in mode.split(",") if mode else []:
        if not fnmatch.filter(modes, pattern):
            raise WrongQuestion(f"MODE={pattern}: there is no such mode: choose from {', '.join(modes)}")
    if not any(image.cases for image in chosen):
        asked = " and ".join(f"{key}={value}" for key, value in (("CASE", case), ("MODE", mode)) if value)
        raise WrongQuestion(f"no case matches {asked}")
    return [image for image in chosen if image.cases]
