# SPDX-License-Identifier: BSD-2-Clause
"""The ELF file that a dump is held against: its code, its symbols."""

import bisect
from functools import cached_property
from pathlib import Path

from elftools.dwarf.compileunit import CompileUnit
from elftools.elf.constants import P_FLAGS, SH_FLAGS
from elftools.elf.elffile import ELFFile

from harness.catalogue import elf
from harness.symbolize.calls import call_before
from harness.symbolize.rules import Rules
from harness.system.errors import WrongQuestion

MACHINES = ("EM_386", "EM_X86_64")

# As versions of pyelftools that do not know their names have them.
SKELETON = ("DW_UT_skeleton", 4)
DWO_NAME = ("DW_AT_GNU_dwo_name", 0x2130)


class Program:
    """An ELF file for x86 of either width."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with elf.opened(path) as file:
            self._read(file)

    def _read(self, file: ELFFile) -> None:
        if file["e_machine"] not in MACHINES:
            raise WrongQuestion(f"{self.path}: is an ELF file for {file.get_machine_arch()}, not for x86")
        self.width = 64 if file["e_machine"] == "EM_X86_64" else 32
        self.is_movable = file["e_type"] == "ET_DYN"  # position-independent, or a library
        sections = [section for section in file.iter_sections() if section["sh_flags"] & SH_FLAGS.SHF_EXECINSTR]
        there = [(section["sh_addr"], section) for section in sections if section["sh_type"] == "SHT_PROGBITS"]
        # Debug information in a file of its own has its program's sections without what is in them.
        empty = [
            range(section["sh_addr"], section["sh_addr"] + section["sh_size"])
            for section in sections
            if section["sh_type"] == "SHT_NOBITS" and not there
        ]
        if not there and not empty:
            segments = file.iter_segments("PT_LOAD")
            there = [(segment["p_vaddr"], segment) for segment in segments if segment["p_flags"] & P_FLAGS.PF_X]
        self._code = [(base, part.data()) for base, part in there]
        self._places = empty or [range(base, base + len(code)) for base, code in self._code]
        found = {}
        for section in file.iter_sections():
            if section["sh_type"] not in ("SHT_SYMTAB", "SHT_DYNSYM"):
                continue
            for symbol in section.iter_symbols():
                kind = symbol["st_info"]["type"]
                if symbol.name and kind in ("STT_FUNC", "STT_NOTYPE") and self.has_code(symbol["st_value"]):
                    # Of several names for a place, a function's own rather than a label's.
                    if symbol["st_value"] not in found or kind == "STT_FUNC":
                        found[symbol["st_value"]] = symbol.name, symbol["st_size"]
        self._symbols = sorted(found.items())
        self.has_lines = any(file.get_section_by_name(name) for name in (".debug_info", ".zdebug_info"))
        self.is_split = _is_split(file)

    @property
    def has_symbols(self) -> bool:
        return bool(self._symbols)

    @property
    def extent(self) -> tuple[int, int]:
        """From the first byte of code to after the last."""
        return min((place.start for place in self._places), default=0), max(
            (place.stop for place in self._places), default=0
        )

    @property
    def lacks_code(self) -> bool:
        """Whether it says where its program's code is, and has none of it."""
        return not self._code and bool(self._places)

    def has_code(self, address: int) -> bool:
        return any(address in place for place in self._places)

    def code_at(self, address: int, size: int) -> bytes:
        """So many bytes of code, or as many as there are; none elsewhere."""
        found = (code[address - base :] for base, code in self._code if base <= address < base + len(code))
        return next(found, b"")[:size]

    def returns_to(self, address: int) -> bool:
        """Whether the instruction before the address may be a call, so that the address can be a return address.

        Where the file lacks the code, it may.
        """
        for base, code in self._code:
            if base < address <= base + len(code):
                return call_before(code, address - base, lambda target: self.has_code(base + target), self.width)
        return self.lacks_code and self.has_code(address - 1)

    def symbol(self, address: int) -> tuple[str, int]:
        """The symbol that holds an address of code, and how far it is after its start; "" and 0 without one.

        That is the last one before, up to its size; one of assembly, which has none, goes on to the section's end.
        """
        last = bisect.bisect_right(self._symbols, address, key=lambda entry: entry[0]) - 1
        if last < 0:
            return "", 0
        start, (name, size) = self._symbols[last]
        distance = address - start
        holds = distance < size if size else any(start in place and address in place for place in self._places)
        return (name, distance) if holds else ("", 0)

    @cached_property
    def rules(self) -> Rules:
        """How to come from a function to its caller, where the file says it."""
        return Rules(self.path)


def _is_split(file: ELFFile) -> bool:
    """Whether its DWARF only names the files that have the rest of it (-gsplit-dwarf; DWARF 5, 3.1.2)."""
    if not file.get_section_by_name(".debug_addr"):
        return False
    try:
        return any(_is_skeleton(unit) for unit in file.get_dwarf_info().iter_CUs())
    except Exception:  # see catalogue/elf.py; what is wrong with it, addr2line will find
        return False


def _is_skeleton(unit: CompileUnit) -> bool:
    if unit["version"] >= 5:
        return unit["unit_type"] in SKELETON
    return any(name in unit.get_top_DIE().attributes for name in DWO_NAME)
