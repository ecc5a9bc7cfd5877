# SPDX-License-Identifier: BSD-2-Clause
"""The required logs, in cases/FAMILY/: NAME.log, or NAME.intel.log and NAME.amd.log where the vendors differ.

Where what is required depends on what the CPU says of itself, NAME.toml has the rules that it is computed by
(harness/catalogue/msr_rules.py).

What the debugger's log must be where gdb steps through a case follows from its code and what the guest must log
(catalogue/walk.py); where it does not, the file has it (`steps NAME@MODE`). Where a case has a command file for gdb,
NAME.gdb.log has what that must see.
"""

from collections.abc import Container, Iterable, Sequence
from pathlib import Path

from harness.catalogue.code import Code
from harness.catalogue.log_file import GUEST, STEPS, UNWITNESSED, Name, read_blocks
from harness.catalogue.msr_rules import MSRReader, MSRRules, read_rules
from harness.catalogue.walk import walk

VENDORS = {"GenuineIntel": "intel", "AuthenticAMD": "amd", "HygonGenuine": "amd"}


FIXED, SCRIPTED, COMPUTED = ".log", ".gdb.log", ".toml"


def log_of(name: str, vendor: str, there: Container[str]) -> str:
    """The file of what is required of the case NAME on a CPU of this vendor (CPUID's text): its own, if it is there."""
    own = f"{name}.{VENDORS.get(vendor)}{FIXED}"
    return own if own in there else f"{name}{FIXED}"


class RequiredLogs:
    """The required logs of a directory and those in it, each read and checked when its case is asked for."""

    def __init__(self, directory: Path) -> None:
        self._there = {path.name: path for path in directory.rglob("*.*")}
        self._blocks: dict[str, dict[Name, list[str]]] = {}
        self._rules: dict[str, MSRRules | MSRReader] = {}

    def read(self, cases: Iterable[str]) -> None:
        """Reads and checks all files of these cases, so that a broken one is known before they run."""
        for name in dict.fromkeys(case.partition("@")[0] for case in cases):
            for suffix in ("", *(f".{vendor}" for vendor in sorted(set(VENDORS.values())))):
                self._read(f"{name}{suffix}{FIXED}")
            self._read(f"{name}{SCRIPTED}")
            self._rules_of(name)

    def lines(self, case: str, vendor: str, seen: Sequence[str] = ()) -> list[str] | None:
        """The guest's lines required of `case` (NAME@MODE) on a CPU of this vendor (CPUID's text); None without any.

        Where they are computed, it is from the answers in `seen`.
        """
        rules = self.rules(case)
        return rules.required(list(seen)) if rules else self._block(GUEST, case, vendor)

    def rules(self, case: str) -> MSRRules | MSRReader | None:
        """What the required log of `case` is computed by; None where it is a fixed text."""
        name, _, mode = case.partition("@")
        rules = self._rules_of(name)
        return rules if rules and mode in rules.modes else None

    def remarks(self, case: str, seen: Sequence[str]) -> list[str]:
        """What else there is to say of the answers in `seen`."""
        rules = self.rules(case)
        return rules.remarks(list(seen)) if rules else []

    def debugger_lines(self, debugger: str, case: str, vendor: str, code: Code = ()) -> list[str] | None:
        """The same for the debugger's log in the debugger mode `debugger`; in mode `step` it follows from the code."""
        if debugger == "script":
            return self._read(f"{case.partition('@')[0]}{SCRIPTED}").get((GUEST, case))
        if debugger != "step" or self.rules(case):
            return []  # a case with rules runs no body that a debugger could step through
        written, guest = self._block(STEPS, case, vendor), self._block(GUEST, case, vendor)
        if written == UNWITNESSED or guest is None:
            return None
        return walk(code, guest) if written is None else written

    def _block(self, word: str, case: str, vendor: str) -> list[str] | None:
        return self._read(log_of(case.partition("@")[0], vendor, self._there)).get((word, case))

    def _read(self, name: str) -> dict[Name, list[str]]:
        """The blocks of a file; of one that is not there, none."""
        if name not in self._there:
            return {}
        if name not in self._blocks:
            self._blocks[name] = read_blocks(self._there[name])
        return self._blocks[name]

    def _rules_of(self, name: str) -> MSRRules | MSRReader | None:
        file = f"{name}{COMPUTED}"
        if file in self._there and name not in self._rules:
            self._rules[name] = read_rules(self._there[file])
        return self._rules.get(name)

    def cases(self) -> set[str]:
        """All cases that a log is required of, on whichever vendor; reads all files."""
        self.read(name.partition(".")[0] for name in sorted(self._there))
        fixed = [blocks for name, blocks in self._blocks.items() if not name.endswith(SCRIPTED)]
        computed = {f"{name}@{mode}" for name, rules in self._rules.items() for mode in rules.modes}
        return computed | {case for blocks in fixed for word, case in blocks if word == GUEST}
