# SPDX-License-Identifier: BSD-2-Clause
"""The required logs: cases/NAME.log, or NAME.intel.log / NAME.amd.log where the vendors differ.

A required log has the grammar of the guest's log, a block for each mode, and comment lines that begin
with a semicolon.
"""

from pathlib import Path

from harness.errors import WrongQuestion

VENDORS = {"GenuineIntel": "intel", "AuthenticAMD": "amd", "HygonGenuine": "amd"}


def read_blocks(path: Path) -> dict[str, list[str]]:
    """The lines required of each case@mode in one file."""
    blocks: dict[str, list[str]] = {}
    current: str | None = None
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        word, _, rest = line.partition(" ")
        if not line or line.startswith(";"):
            continue
        if current is None:
            if word != "begin" or not rest or rest in blocks:
                raise WrongQuestion(f"{path}:{number}: expected 'begin CASE@MODE' of a new block, not '{line}'")
            current = rest
            blocks[current] = []
        elif word == "end":
            if rest != current:
                raise WrongQuestion(f"{path}:{number}: '{line}' closes the block of {current}")
            current = None
        else:
            blocks[current].append(line)
    if current is not None:
        raise WrongQuestion(f"{path}: the block of {current} has no end line")
    return blocks


class RequiredLogs:
    """All required logs of a directory, read and checked at once."""

    def __init__(self, directory: Path) -> None:
        self._blocks = {path.name: read_blocks(path) for path in sorted(directory.glob("*.log"))}

    def lines(self, case: str, vendor: str) -> list[str] | None:
        """The lines required of `case` (NAME@MODE) on a CPU of this vendor (CPUID's text); None without any."""
        name = case.partition("@")[0]
        blocks = self._blocks.get(f"{name}.{VENDORS.get(vendor)}.log", self._blocks.get(f"{name}.log", {}))
        return blocks.get(case)

    def cases(self) -> set[str]:
        """All cases that a log is required of, on whichever vendor."""
        return {case for blocks in self._blocks.values() for case in blocks}
