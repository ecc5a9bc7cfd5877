# SPDX-License-Identifier: BSD-2-Clause
"""What a gdbstub offers, by its own answers to packets, and what is done with it.

harness/debugger/commands/common.gdb sends these. A packet is known by what stands before its first comma (gdb's manual,
"Packets"; QEMU's docs/system/gdb.rst).
"""

import re
from collections.abc import Iterable

SOFTWARE, HARDWARE, WATCH, STEP = "Z0", "Z1", "Z2", "qqemu.sstep"

NAMES = {SOFTWARE: "software breakpoints", HARDWARE: "hardware breakpoints", WATCH: "watchpoints", STEP: "single steps"}

# Of the value that qqemu.sstep is answered with: GDB_SSTEP_ENABLE in QEMU's include/hw/core/cpu.h.
SSTEP_ENABLE = 1


def refusal(needs: Iterable[str], answers: dict[str, str]) -> str:
    """Why the needs are not met, in the stub's own words; empty if they are."""
    for need in needs:
        for packet, answer in answers.items():
            if packet.partition(",")[0] == need and not _grants(need, answer):
                return f"the gdbstub has no {NAMES[need]}: it answers {packet} with {answer or 'nothing'}"
    return ""


def _grants(need: str, answer: str) -> bool:
    if need == STEP:
        return bool(re.fullmatch("0x[0-9a-f]+", answer)) and bool(int(answer, 16) & SSTEP_ENABLE)
    return answer == "OK"
