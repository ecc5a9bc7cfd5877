# SPDX-License-Identifier: BSD-2-Clause
"""The required logs: cases/NAME.log, or NAME.intel.log / NAME.amd.log where the vendors differ.

Where what is required depends on what the CPU says of itself, cases/NAME.toml has the rules that it is computed by
(harness/computed.py).

A required log has the grammar of the guest's log, a block for each mode, and comment lines that begin
with a semicolon. Beside each block `begin NAME@MODE` stands one `steps NAME@MODE`: what the debugger's log must
be where gdb steps through the case. Where a case has a command file for gdb, cases/NAME.gdb.log has what that must see.
"""

from collections.abc import Sequence
from pathlib import Path

from harness.computed import Program, Rules, read_rules
from harness.errors import WrongQuestion

VENDORS = {"GenuineIntel": "intel", "AuthenticAMD": "amd", "HygonGenuine": "amd"}


SCRIPTED = ".gdb.log"

# What begins a block: of the guest's log, of the debugger's where it steps.
GUEST, STEPS = "begin", "steps"


def read_blocks(path: Path) -> dict[tuple[str, str], list[str]]:
    """The lines of each block in one file, by the word that begins it and the case@mode."""
    blocks: dict[tuple[str, str], list[str]] = {}
    current: tuple[str, str] | None = None
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        word, _, rest = line.partition(" ")
        if not line or line.startswith(";"):
            continue
        if current is None:
            if word not in (GUEST, STEPS) or not rest or (word, rest) in blocks:
                raise WrongQuestion(
                    f"{path}:{number}: expected '{GUEST} CASE@MODE' or '{STEPS} CASE@MODE' of a new block, not '{line}'"
                )
            current = word, rest
            blocks[current] = []
        elif word == "end" and "@" in rest:
            if rest != current[1]:
                raise WrongQuestion(f"{path}:{number}: '{line}' closes the block of {current[1]}")
            current = None
        else:
            blocks[current].append(line)
    if current is not None:
        raise WrongQuestion(f"{path}: the block of {current[1]} has no end line")
    return blocks


class RequiredLogs:
    """All required logs of a directory, read and checked at once."""

    def __init__(self, directory: Path) -> None:
        blocks = {path.name: read_blocks(path) for path in sorted(directory.glob("*.log"))}
        self._blocks = {name: its for name, its in blocks.items() if not name.endswith(SCRIPTED)}
        self._scripts = {
            case: lines for name, its in blocks.items() if name.endswith(SCRIPTED) for (_, case), lines in its.items()
        }
        self._rules = {path.stem: read_rules(path) for path in sorted(directory.glob("*.toml"))}

    def lines(self, case: str, vendor: str, seen: Sequence[str] = ()) -> list[str] | None:
        """The guest's lines required of `case` (NAME@MODE) on a CPU of this vendor (CPUID's text); None without any.

        Where they are computed, it is from the answers in `seen`.
        """
        rules = self.rules(case)
        return rules.required(list(seen)) if rules else self._block(GUEST, case, vendor)

    def rules(self, case: str) -> Rules | Program | None:
        """What the required log of `case` is computed by; None where it is a fixed text."""
        name, _, mode = case.partition("@")
        rules = self._rules.get(name)
        return rules if rules and mode in rules.modes else None

    def remarks(self, case: str, seen: Sequence[str]) -> list[str]:
        """What else there is to say of the answers in `seen`."""
        rules = self.rules(case)
        return rules.remarks(list(seen)) if rules else []

    def debugger_lines(self, debugger: str, case: str, vendor: str) -> list[str] | None:
        """The same for the debugger's log in the debugger mode `debugger`."""
        if debugger == "script":
            return self._scripts.get(case)
        if self.rules(case):
            return []  # such a case runs no body that a debugger could step through
        return self._block(STEPS, case, vendor) if debugger == "step" else []

    def _block(self, word: str, case: str, vendor: str) -> list[str] | None:
        name = case.partition("@")[0]
        blocks = self._blocks.get(f"{name}.{VENDORS.get(vendor)}.log", self._blocks.get(f"{name}.log", {}))
        return blocks.get((word, case))

    def cases(self) -> set[str]:
        """All cases that a log is required of, on whichever vendor."""
        fixed = {case for blocks in self._blocks.values() for word, case in blocks if word == GUEST}
        return fixed | {f"{name}@{mode}" for name, rules in self._rules.items() for mode in rules.modes}
