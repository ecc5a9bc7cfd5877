# SPDX-License-Identifier: BSD-2-Clause
"""Functions and lines of addresses, from addr2line."""

import re
from collections.abc import Iterable
from pathlib import Path

from harness.symbolize.tools import DEADLINE
from harness.system import process
from harness.system.errors import WrongQuestion

# (function, file, line); "" and 0 for what is not known. The innermost of inlined functions comes first.
Place = tuple[str, str, int]


def places(addr2line: str, elf: Path, addresses: Iterable[int], directory: Path) -> dict[int, list[Place]]:
    """What addr2line says of each address; `directory` is for a file that it reads them from."""
    asked = sorted(set(addresses))
    if not asked:
        return {}
    listing = directory / "addresses"
    listing.write_text("".join(f"{address:#x}\n" for address in asked), encoding="ascii")
    with listing.open("rb") as file:
        command = [addr2line, "-a", "-f", "-i", "-C", "-e", str(elf.resolve())]
        status, text = process.run(command, DEADLINE, stdin=file, stderr=process.subprocess.DEVNULL)
    if status is None:
        raise WrongQuestion(f"{addr2line} takes more than {DEADLINE:g} s for {elf}")
    if status:
        raise WrongQuestion(f"{addr2line} {process.describe_exit(status)}: it cannot read {elf}")
    return _parse(text)


def _parse(text: str) -> dict[int, list[Place]]:
    """Each address in a line of its own; below it, pairs of lines: a function, and FILE:LINE."""
    found: dict[int, list[Place]] = {}
    current: list[Place] = []
    function = None
    for line in text.split("\n"):
        if function is None and re.fullmatch(r"0x[0-9a-f]{8,16}", line):
            current = found[int(line, 16)] = []
        elif function is None:
            function = line
        else:
            file, _, number = re.sub(r" \(discriminator \d+\)$", "", line).rpartition(":")
            known = "" if function == "??" else function, "" if file == "??" else file
            current.append((*known, int(number) if number.isdecimal() else 0))
            function = None
    return found
