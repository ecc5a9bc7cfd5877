# SPDX-License-Identifier: BSD-2-Clause
"""What required logs rest on: rules from the manuals, implementations that say the same, real CPUs."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.blessing.rules import rules_of
from harness.catalogue.log_file import GUEST, read_seen

HARDWARE = "hardware"


@dataclass
class Foundations:
    """How many blocks (case@mode) rest on what; of an implementation, versions and models are one."""

    blocks: int = 0
    with_rules: int = 0
    on_several: int = 0
    on_one: int = 0
    on_none: int = 0
    on_hardware: int = 0

    def of_one_case(self) -> str:
        """The same in short; empty without blocks."""
        said = {
            "what several implementations say": self.on_several,
            "what one implementation says": self.on_one,
            "what nobody is noted for": self.on_none,
            "what a real CPU says too": self.on_hardware,
            "held against rules": self.with_rules,
        }
        words = [what if count == self.blocks else f"{what} in {count}" for what, count in said.items() if count]
        modes = f"{self.blocks} modes" if self.blocks > 1 else "one mode"
        return f"In {modes}: {', '.join(words)}." if self.blocks else ""

    def __str__(self) -> str:
        return (
            f"{self.blocks} blocks: {self.on_several} are what several implementations say, {self.on_one} what one "
            f"says, {self.on_none} nobody is noted for; {self.on_hardware} are what a real CPU says; {self.with_rules} "
            "have rules"
        )


def foundations(logs: Iterable[Path], cases: Container[str]) -> Foundations:
    """What the guest's blocks of these files rest on, of the cases (NAME@MODE) that are asked for."""
    found = Foundations()
    for path in logs:
        ruled = bool(rules_of(path))
        for (word, case), witnesses in read_seen(path).items():
            if word != GUEST or case not in cases:
                continue
            kinds = {name.split(" ")[0] for name in witnesses}
            found.blocks += 1
            found.with_rules += ruled
            found.on_several += len(kinds) > 1
            found.on_one += len(kinds) == 1
            found.on_none += not kinds
            found.on_hardware += HARDWARE in kinds
    return found
