# SPDX-License-Identifier: BSD-2-Clause
"""From the place where a CPU was to its callers, with nothing but a dump's registers and stack words."""

from dataclasses import dataclass

from harness.symbolize.dumps import Dump
from harness.symbolize.program import Program

DEEPEST = 256

RULES, FRAME_POINTER, STACK = "the unwinding rules", "the frame pointer", "the stack pointer"


@dataclass(frozen=True)
class Step:
    """An address in the log's own terms, whether a call returns to it, and by what it was found ("" the first)."""

    address: int
    returns: bool
    by: str
    slot: int | None = None  # where on the stack it lies


def unwind(dump: Dump, program: Program, offset: int) -> list[Step]:
    """The place itself, and its callers as far as the dump leads.

    By DWARF's rules where the file has them for the function, else by the frame pointer. A return address that has
    no call before it ends the way: it is none.
    """
    if "pc" not in dump.registers:
        return []
    word, mask = program.width // 8, (1 << program.width) - 1
    registers = dict(dump.registers)
    pc = registers["pc"]
    sp = registers["sp"] = _interrupted_sp(dump, word, registers.get("sp", 0))
    steps = [Step(pc, False, "")]
    if not dump.stack:
        return steps
    if not program.has_code(pc - offset):
        # A jump to nowhere: if it was a call, what it pushed is still on top.
        return steps + _by_slot(dump, program, offset, sp, STACK) if sp in dump.stack else steps
    while len(steps) < DEEPEST:
        rule = program.rules.at(pc - offset - steps[-1].returns)
        if rule and rule.register in registers and "ra" in rule.saved:
            frame = (registers[rule.register] + rule.offset) & mask
            slots = {register: (frame + place) & mask for register, place in rule.saved.items()}
            slot, by = slots.pop("ra"), RULES
            saved = {register: dump.stack.get(place) for register, place in slots.items()}
        elif not rule and registers.get("bp", -1) >= sp:
            pointer = registers["bp"]
            frame, slot, by = pointer + 2 * word, pointer + word, FRAME_POINTER
            saved = {"bp": dump.stack.get(pointer)}
        else:
            break
        step = _by_slot(dump, program, offset, slot, by)
        if frame <= sp or not step:
            break
        steps += step
        pc, sp = step[0].address, frame
        registers = {register: value for register, value in (registers | saved).items() if value is not None}
        registers["sp"] = sp
    return steps


def _by_slot(dump: Dump, program: Program, offset: int, slot: int, by: str) -> list[Step]:
    """The return address at that place on the stack; nothing if what is there is none."""
    address = dump.stack.get(slot)
    if address is None or not program.returns_to(address - offset):
        return []
    return [Step(address, True, by, slot)]


def _interrupted_sp(dump: Dump, word: int, sp: int) -> int:
    """The stack pointer before the exception. Where the dump's is the handler's own, what the CPU pushed lies there:
    perhaps an error code, then IP, CS and flags, and in 64-bit mode SP and SS.
    """
    for start in (sp, sp + word):
        frame = [dump.stack.get(start + place * word) for place in range(5)]
        if frame[0] != dump.registers["pc"] or frame[1] is None or frame[1] >= 1 << 16:
            continue
        if word == 4:
            return start + 3 * word
        if frame[3] is not None:
            return frame[3]
    return sp
