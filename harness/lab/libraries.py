# SPDX-License-Identifier: BSD-2-Clause
"""What a dynamically linked program needs of its system: the loader and the libraries."""

import re
import subprocess
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from harness.system import process
from harness.system.errors import WrongQuestion

DEADLINE = 20.0
LOADER = "ld-linux-x86-64.so.2"


def interpreter(program: Path) -> str:
    """The loader's path that is written into the program; empty for a static one."""
    try:
        with program.open("rb") as file:
            elf = ELFFile(file)
            if elf.get_machine_arch() != "x64":
                raise WrongQuestion(f"{program}: is not a program for x86-64 Linux")
            section = elf.get_section_by_name(".interp")
            return section.data().rstrip(b"\0").decode() if section else ""
    except ELFError:
        raise WrongQuestion(f"{program}: is not a program for x86-64 Linux") from None


def needed(program: Path, loader: Path, directories: list[Path]) -> dict[str, Path]:
    """Each library's name and file, as `loader` finds them, first of all in `directories`."""
    search = ["--library-path", ":".join(map(str, directories))] if directories else []
    command = [str(loader), *search, "--list", str(program)]
    status, output = process.run(command, DEADLINE, stderr=subprocess.STDOUT)
    missing = re.findall(r"^\s*(\S+) => not found|shared libraries: (\S+): cannot open", output, re.MULTILINE)
    if missing:
        raise WrongQuestion(f"{program}: it lacks {', '.join(map(''.join, missing))}")
    if status:
        words = output.strip().splitlines() or ["without a word"]
        raise WrongQuestion(f"{program}: {words[-1]}")
    pairs = re.findall(r"^\s*(\S+) => (/\S+)", output, re.MULTILINE)
    return {Path(name).name: Path(path) for name, path in pairs}
