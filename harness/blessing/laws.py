# SPDX-License-Identifier: BSD-2-Clause
"""Laws: what the architecture requires of every trap that a guest logs, in whichever case."""

import re
from collections.abc import Container, Iterable

from harness.catalogue.log import fields
from harness.judging.rewrite import BITS_OF_DR6

FAULTS = {"#DE", "#BR", "#UD", "#NM", "#TS", "#NP", "#SS", "#GP", "#PF", "#MF", "#AC", "#XM"}

# SDM Vol. 3, "Error Code", and the table "Protected-Mode Exceptions and Interrupts". Real mode has none.
WITH_ERROR_CODE = {"#DF", "#TS", "#NP", "#SS", "#GP", "#PF", "#AC", "#CP"}

# SDM Vol. 3, "Debug Status Register (DR6)", "Debug Control Register (DR7)": what is not B0 to B3, BD, BS and BT reads
# as in DR6_FIXED; a #DB that a bus lock causes clears BLD, and one in a transaction, where DR7.RTM has it so, RTM. Bit
# 10 of DR7 is 1, bits 12, 14 and 15 are 0, and bit 11 is RTM.
DR6_CAUSES = sum(1 << BITS_OF_DR6[name] for name in ("B0", "B1", "B2", "B3", "BD", "BS", "BT"))
DR6_FIXED, BLD, DR6_RTM = 0xFFFF0FF0, 1 << BITS_OF_DR6["BLD"], 1 << BITS_OF_DR6["RTM"]
DR7_ONE, DR7_ZERO, DR7_RTM = 1 << 10, 0xD000, 1 << 11

TRAP = re.compile(r"(?:exit=)?(#[A-Z]{2}|NMI|INT\d+|SYSCALL|SYSENTER)$")


def breaches(lines: Iterable[str], mode: str, repeated: Container[str]) -> list[str]:
    """What is against a law in a guest's log, as it has it in this mode. `repeated` are the places of instructions with
    a REP prefix.
    """
    return [f"'{line}': {words}" for line in lines for words in _of_line(line, mode, repeated)]


def _of_line(line: str, mode: str, repeated: Container[str]) -> list[str]:
    event = TRAP.match(line.partition(" ")[0])
    trap = fields(line)
    if event is None or "rip" not in trap:
        return []
    name, found = event[1], []
    # A 16-bit frame holds FLAGS alone. SDM Vol. 3, "Instruction-Breakpoint Exception Condition": RF is set in the image
    # that a fault saves, but for the #DB of an instruction breakpoint, and in that of anything that comes between two
    # iterations of a string instruction; else it is saved as it is, which in these cases is 0. The #DB of general
    # detect is a fault too, and Intel's and AMD's processors leave RF clear, so says Linux' 5623f751bd9c.
    if trap.get("cs") != "real16":
        has_rf = "RF" in trap.get("flags", "").split(",")
        if name in FAULTS and not has_rf:
            found.append("a fault saves RF set")
        elif name not in FAULTS and has_rf and trap["rip"] not in repeated:
            found.append("RF is saved set by faults, and within a repeated string instruction, alone")
    if (name in WITH_ERROR_CODE and mode != "real16") != ("error" in trap):
        found.append(f"{name} has {'an' if 'error' not in trap else 'no'} error code")
    dr6, dr7 = int(trap["dr6"], 16), int(trap["dr7"], 16)
    in_transaction = name == "#DB" and not dr6 & DR6_RTM
    if dr6 & ~DR6_CAUSES | (BLD if name == "#DB" else 0) | (DR6_RTM if in_transaction else 0) != DR6_FIXED:
        found.append("a reserved bit of DR6 is not what it has to be")
    if dr7 & (DR7_ONE | DR7_ZERO | DR7_RTM) != DR7_ONE | (DR7_RTM if in_transaction else 0):
        found.append("a reserved bit of DR7 is not what it has to be")
    return found
