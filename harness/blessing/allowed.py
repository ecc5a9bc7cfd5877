# SPDX-License-Identifier: BSD-2-Clause
"""Whether the steps that a debugger's log has are steps that the code allows.

Steps that do not follow from the code by catalogue/walk.py are what one implementation did (harness/blessing/bless.py).
This is the other witness: the instructions, and the traps in the guest's required log.
"""

import re
from collections.abc import Sequence

from harness.catalogue.code import END, Code, Instruction
from harness.catalogue.step_log import words


def complaints(code: Code, steps: list[str], guest: Sequence[str]) -> list[str]:
    """What cannot be in the steps of a case, by its code and the guest's log; empty if all can."""
    places = words(steps)
    traps = [match.group(1) for line in guest if (match := re.match(r"\S+ cpu=0 rip=(\S+) ", line))]
    found = [f"the trap at {trap} is passed by" for trap in traps if trap != "elsewhere" and trap not in places]
    # Which of the bodies it may be in, as names do not say.
    here, running = END, code
    for there in places:
        over = here == END or here in traps
        running = tuple(
            body
            for body in code
            if (over and there == body[0].place) or (body in running and _leads(body, here, there, traps))
        )
        if not running:
            return [*found, f"from {here} to {there}"]
        here = there
    if here != END and not any(line in ("reset", "note trap_budget=spent") for line in guest):
        found.append(f"it ends at {here}")
    return found


def _leads(body: tuple[Instruction, ...], here: str, there: str, traps: list[str]) -> bool:
    """Whether the instruction at one place can be followed by the one at the other in this body."""
    order = [instruction.place for instruction in body]
    if here not in order or there not in order or here == END:
        return False
    index = order.index(here)
    instruction = body[index]
    if there == order[index + 1] or instruction.transfers or there == instruction.target:
        return True
    # A trap that the body handles itself leads to a mark of such a name.
    return there.startswith("handler") or here in traps or (there == here and instruction.repeated)
