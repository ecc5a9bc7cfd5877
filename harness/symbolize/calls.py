# SPDX-License-Identifier: BSD-2-Clause
"""Whether a place in code is after a call (SDM Vol. 2, "CALL", and "Instruction Format")."""

from collections.abc import Callable

LONGEST = 7  # bytes: opcode, ModRM, SIB, displacement; prefixes before these make no difference


def call_before(code: bytes, end: int, is_code: Callable[[int], bool], width: int) -> bool:
    """Whether the bytes that end at `end` can be a call. `is_code` says it of an offset like `end`."""
    if end >= 5 and code[end - 5] == 0xE8:
        distance = int.from_bytes(code[end - 4 : end], "little", signed=True)
        if is_code(end + distance):
            return True
    if width == 32 and end >= 7 and code[end - 7] == 0x9A:
        return True
    return any(_is_indirect(code[end - size : end]) for size in range(2, min(end, LONGEST) + 1))


def _is_indirect(instruction: bytes) -> bool:
    """Whether these bytes are FF /2 or FF /3, all of them."""
    operand = instruction[1:]
    if instruction[0] != 0xFF:
        return False
    mode, extension, base = operand[0] >> 6, operand[0] >> 3 & 7, operand[0] & 7
    if extension not in (2, 3) or (mode == 3 and extension == 3):
        return False
    size = 1 + {0: 0, 1: 1, 2: 4, 3: 0}[mode]
    if mode != 3 and base == 4:
        size += 1
        if mode == 0 and len(operand) > 1 and operand[1] & 7 == 5:
            size += 4
    elif mode == 0 and base == 5:
        size += 4
    return len(operand) == size
