# SPDX-License-Identifier: BSD-2-Clause
"""Builds crashed.c so that its RDMSR lies where a log has an exception."""

import os
import subprocess
from pathlib import Path

from elftools.elf.elffile import ELFFile

SOURCE = Path(__file__).with_name("crashed.c")
FLAGS = (
    *("-std=gnu11", "-O2", "-g", "-ffreestanding", "-fno-pic", "-fno-pie", "-fno-stack-protector"),
    *("-fcf-protection=none", "-fno-asynchronous-unwind-tables"),
    *("-falign-functions=1", "-falign-loops=1", "-falign-jumps=1", "-falign-labels=1"),
)
RDMSR = bytes.fromhex("0f32")


def build(directory: Path, width: int, dwarf: int, rdmsr_at: int, *more: str) -> Path:
    """The program as an ELF file of that width and that version of DWARF; `more` are flags of the compiler."""
    prefix = os.environ.get("CROSS_COMPILE", "")
    elf = directory / f"crashed{width}-{dwarf}.elf"
    unlinked = elf.with_suffix(".o")
    compile_it = [f"{prefix}gcc", f"-m{width}", *FLAGS, f"-gdwarf-{dwarf}", *more, "-c", SOURCE.name, "-o", unlinked]
    subprocess.run(compile_it, cwd=SOURCE.parent, check=True)
    with unlinked.open("rb") as file:
        start = rdmsr_at - ELFFile(file).get_section_by_name(".text").data().index(RDMSR)
    emulation = {32: "elf_i386", 64: "elf_x86_64"}[width]
    options = ["-m", emulation, "-znoexecstack", "--build-id=none", f"--section-start=.text={start:#x}"]
    subprocess.run([f"{prefix}ld", *options, unlinked, "-o", elf], check=True)
    return elf


def change(elf: Path, *options: str) -> Path:
    """A copy that objcopy has changed."""
    copy = elf.with_name(f"changed-{elf.name}")
    subprocess.run([f"{os.environ.get('CROSS_COMPILE', '')}objcopy", *options, elf, copy], check=True)
    return copy


def line_of(text: str) -> int:
    """The number of the one line of crashed.c that has this text."""
    (number,) = [n for n, line in enumerate(SOURCE.read_text().splitlines(), 1) if text in line]
    return number
