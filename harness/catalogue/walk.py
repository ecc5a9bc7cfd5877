# SPDX-License-Identifier: BSD-2-Clause
"""Where a debugger that steps through a case has to be, by its code and by what the guest must log.

Each instruction is met once, in order, but
- after a fault it did not complete: the guest goes on at the next mark, as it does with every fault (guest/traps.c);
- after an instruction breakpoint's #DB it is met again, with RF set (SDM Vol. 3, "Instruction-Breakpoint Exception
  Condition"), as is an instruction with REP at which a trap finds it, once for each iteration ("Single-Step Exception
  Condition");
- an instruction that may lead elsewhere leads to where the trap after it says that it did.

What else a case does, such as running a body twice, is in its required log: a block `steps`.
"""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from harness.catalogue.code import END, Code, Instruction
from harness.catalogue.log import fields
from harness.catalogue.step_log import add

# Exceptions and interrupts that are traps by themselves; each other vector is a fault (SDM Vol. 3, "Exception and
# Interrupt Reference").
TRAPS = re.compile(r"#BP|#OF|INT\d+|NMI|SYSCALL|SYSENTER")

# Bits of DR6 (SDM Vol. 3, "Debug Status Register (DR6)").
BD, BS, BT = 1 << 13, 1 << 14, 1 << 15


@dataclass(frozen=True)
class Trap:
    """A trap of the boot processor in a body, by its line in the guest's log."""

    place: str
    fault: bool  # at the instruction, not after it
    breakpoint: bool = False  # the fault of an instruction breakpoint
    single_step: bool = False


def walk(code: Code, guest: Sequence[str]) -> list[str]:
    """The places in the form of a debugger's log (step_log.py)."""
    traps = deque(trap for line in guest if (trap := _trap(line)))
    steps: list[str] = []
    for body in code:
        _walk_body(body, traps, steps)
    return steps


def _walk_body(body: tuple[Instruction, ...], traps: deque[Trap], steps: list[str]) -> None:
    order = [instruction.place for instruction in body]
    at, stepping = 0, False
    add(steps, order[at])
    while order[at] != END:
        here = body[at]
        if traps and traps[0].place == here.place and traps[0].fault:
            if not traps.popleft().breakpoint:
                at, stepping = _next_mark(order, at), False
            add(steps, order[at])
            continue
        after = traps[0] if traps and not traps[0].fault else None
        if after and here.repeated and after.place == here.place:
            stepping = traps.popleft().single_step
            add(steps, here.place)
            continue
        if after and here.transfers and after.place in order:
            at = order.index(after.place)
        elif here.target in order[at + 1 :]:  # how often a jump back is taken, its text does not say
            at = order.index(here.target)
        else:
            at += 1
        add(steps, order[at])
        was_stepping, stepping = stepping, False
        while traps and traps[0].place == order[at] and not traps[0].fault:
            if body[at].repeated and traps[0].single_step and not was_stepping:
                break  # it is the first iteration's
            stepping = traps.popleft().single_step
            was_stepping = False


def _next_mark(order: list[str], at: int) -> int:
    return next(index for index in range(at + 1, len(order)) if "+" not in order[index])


def _trap(line: str) -> Trap | None:
    """The trap that a line of the guest's log tells of; None for any other, and for what is in no body."""
    found = re.match(r"(#[A-Z]+|INT\d+|NMI|SYSCALL|SYSENTER) cpu=0 rip=(\S+) ", line)
    if not found or found.group(2) == "elsewhere":
        return None
    name, place = found.groups()
    if name != "#DB":
        return Trap(place, fault=not TRAPS.fullmatch(name))
    dr6, dr7 = (int(fields(line).get(register, "0"), 16) for register in ("dr6", "dr7"))
    if dr6 & (BS | BT):
        return Trap(place, fault=False, single_step=bool(dr6 & BS))
    armed = any(dr6 >> number & 1 and not dr7 >> 16 + 4 * number & 3 for number in range(4))
    return Trap(place, fault=bool(dr6 & BD) or armed, breakpoint=armed and not dr6 & BD)
