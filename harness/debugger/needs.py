# SPDX-License-Identifier: BSD-2-Clause
"""What a command file of gdb's asks of a gdbstub, by its words."""

import re

from harness.catalogue.debugger_modes import words_of
from harness.debugger import gdbstub

# What the words of gdb, and of commands/common.gdb, want of a gdbstub.
NEEDS = {
    "hbreak": gdbstub.HARDWARE,
    "run_to_case": gdbstub.HARDWARE,
    "break": gdbstub.SOFTWARE,
    "break_at_doors": gdbstub.SOFTWARE,
    "watch": gdbstub.WATCH,
    "stepi": gdbstub.STEP,
    "step_through_body": gdbstub.STEP,
}

# Commands in a case's own file that want more than a script's beginning.
WATCHING = re.compile(r"""^\s*(?:eval ")?[ra]?watch\b""", re.MULTILINE)
STEPPING = re.compile(r"^\s*(?:stepi|step_one)\b", re.MULTILINE)
BREAKING = re.compile(r"^\s*t?break\b", re.MULTILINE)


def needs_of_mode(mode: str) -> tuple[str, ...]:
    """What a debugger mode asks for, whichever the case."""
    words = {"run_to_case"} if mode == "script" else words_of(mode)
    return tuple(dict.fromkeys(need for word, need in NEEDS.items() if word in words))


def needs_of_script(text: str) -> tuple[str, ...]:
    """What a case's command file asks for; the platform says whether stop_at breaks in memory."""
    patterns = {gdbstub.WATCH: WATCHING, gdbstub.STEP: STEPPING, gdbstub.SOFTWARE: BREAKING}
    found = [need for need, pattern in patterns.items() if pattern.search(text)]
    return (*needs_of_mode("script"), *found)
