# SPDX-License-Identifier: BSD-2-Clause
"""Whether the steps that a debugger's log has are steps that the code allows.

A required log of steps is what one implementation did (harness/blessing/bless.py). This is the other witness: the
instructions as gdb disassembles them, and the traps in the guest's required log.
"""

import functools
import re

from harness.catalogue.image import Image
from harness.catalogue.modes import mode_width
from harness.catalogue.step_log import words
from harness.debugger.gdb import GDB_OPTIONS
from harness.system import process

DEADLINE = 60.0  # seconds for gdb to disassemble an image's bodies
ARCHITECTURES = {16: "i8086", 32: "i386", 64: "i386:x86-64"}

# Where these lead is not followed: anywhere in the body.
TRANSFERS = re.compile(r"(j\w+|loop\w*|l?call\w*|l?ret\w*|iret\w*|ljmp\w*|sys\w+)\b")
REPEATED = re.compile(r"rep(n?[ez])?\b")


def complaints(image: Image, gdb: str, case: str, steps: list[str], guest: list[str]) -> list[str]:
    """What cannot be in the steps of `case` (NAME@MODE), by its code and the guest's log; empty if all can."""
    places = words(steps)
    traps = [match.group(1) for line in guest if (match := re.match(r"\S+ cpu=0 rip=(\S+) ", line))]
    found = [f"the trap at {trap} is passed by" for trap in traps if trap != "elsewhere" and trap not in places]
    bodies = _bodies(image, gdb, mode_width(case.partition("@")[2]))
    # Which of the bodies it may be in, as names do not say.
    here, running = "end", bodies
    for there in places:
        over = here == "end" or here in traps
        running = [
            body
            for body in bodies
            if (over and there == next(iter(body))) or (body in running and _leads(body, here, there, traps))
        ]
        if not running:
            return [*found, f"from {here} to {there}"]
        here = there
    if here != "end" and not any(line in ("reset", "note trap_budget=spent") for line in guest):
        found.append(f"it ends at {here}")
    return found


def _leads(body: dict[str, str], here: str, there: str, traps: list[str]) -> bool:
    """Whether the instruction at one place can be followed by the one at the other in this body."""
    if here not in body or there not in body or here == "end":
        return False
    order = list(body)
    following = order[order.index(here) + 1 :][:1]
    if there in following or TRANSFERS.match(body[here]):
        return True
    # A trap that the body handles itself leads to this mark.
    return there == "handler" or here in traps or (there == here and bool(REPEATED.match(body[here])))


@functools.lru_cache
def _bodies(image: Image, gdb: str, width: int) -> list[dict[str, str]]:
    """Each body of that width: its instructions as text, by their places, in order."""
    bodies = image.bodies(width)
    command = [gdb, *GDB_OPTIONS, "-ex", f"set architecture {ARCHITECTURES[width]}"]
    for start, end in bodies:
        command += ["-ex", f"disassemble {start:#x},{end + 1:#x}"]
    status, text = process.run([*command, str(image.path)], DEADLINE)
    assert status == 0, text
    result = []
    for dump in text.split("Dump of assembler code")[1:]:
        lines = re.findall(r"^ +0x([0-9a-f]+).*?:\t(.*)$", dump, re.MULTILINE)
        result.append({image.place(0, int(address, 16), 0): text for address, text in lines})
    return result
