# SPDX-License-Identifier: BSD-2-Clause
"""What a seed makes of a run: which cases and debugger modes, and what befalls its QEMUs meanwhile."""

import random
from dataclasses import dataclass

from harness.catalogue.debugger_modes import MODES, takes_part

MOST_CASES = 40
MOST_DEBUGGERS = 3
MOST_FAULTS = 3

# Each kind of fault, how often it is drawn, and how a case may end that it hits, by its verdicts and words of the
# reason; none where it may change nothing. Those that any words explain come last: they would take another's result.
KINDS: dict[str, tuple[int, tuple[str, ...], tuple[str, ...]]] = {
    "kill": (8, ("crash",), ("SIGKILL",)),
    "flood": (2, ("hang",), ("more than",)),
    "stop": (1, ("hang", "unusable"), ("",)),
    "memory": (3, ("crash", "hang", "unusable"), ("",)),  # QEMU may die of it, or stand still
    "pause": (4, (), ()),
    "noise": (2, (), ()),
    "load": (2, (), ()),
}


@dataclass(frozen=True)
class Fault:
    """A kind of KINDS, and when: of the time that the same run takes undisturbed. `seconds` is how long a pause is."""

    kind: str
    when: float
    seconds: float


@dataclass(frozen=True)
class Draw:
    """A run: its cases (NAME@MODE), its debugger modes, what befalls it."""

    cases: tuple[str, ...]
    debuggers: tuple[str, ...]
    faults: tuple[Fault, ...]

    @property
    def asked(self) -> set[tuple[str, str]]:
        """What there has to be one result of each: cases and debugger modes."""
        return {(case, mode) for mode in self.debuggers for case in self.cases if takes_part(mode, case)}


def draw(seed: int, everything: list[str]) -> Draw:
    """What this seed draws from these cases."""
    chance = random.Random(seed)
    cases = chance.sample(everything, chance.randint(1, min(MOST_CASES, len(everything))))
    possible = [mode for mode in MODES if any(takes_part(mode, case) for case in cases)]
    debuggers = chance.sample(possible, chance.randint(1, min(MOST_DEBUGGERS, len(possible))))
    weights = [often for often, *_ in KINDS.values()]
    kinds = chance.choices(list(KINDS), weights, k=chance.randint(1, MOST_FAULTS))
    faults = tuple(Fault(kind, chance.random(), chance.uniform(0.1, 2)) for kind in kinds)
    return Draw(tuple(cases), tuple(debuggers), tuple(sorted(faults, key=lambda fault: fault.when)))
