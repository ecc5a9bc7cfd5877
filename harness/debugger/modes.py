# SPDX-License-Identifier: BSD-2-Clause
"""The debugger modes: which there are, what each does by its command file, and which cases each concerns."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from harness.catalogue.files import file_of
from harness.debugger import gdbstub
from harness.system.places import CASES

# What gdb does in each is in COMMANDS/MODE.gdb, for `script` in the case's own command file; `detached` has no gdb.
MODES = ("detached", "attached", "hbreak", "break", "watch", "step", "left", "cut", "script")

COMMANDS = Path(__file__).parent / "commands"

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


@dataclass(frozen=True)
class Doing:
    """What gdb does in a mode: what it `needs` of a gdbstub, whether it `stops` the guest before the first case, and
    whether it has hardware breakpoints `armed` while the cases run.
    """

    needs: tuple[str, ...] = ()
    stops: bool = False
    armed: bool = False


@lru_cache
def doing(mode: str) -> Doing:
    """What gdb does in a mode, by the first words of the lines of its command file."""
    if mode == "detached":
        return Doing()
    if mode == "script":
        return Doing((gdbstub.HARDWARE,), stops=True)
    lines = (COMMANDS / f"{mode}.gdb").read_text(encoding="utf-8").splitlines()
    words = {line.split()[0] for line in lines if line.strip()}
    return Doing(
        tuple(dict.fromkeys(need for word, need in NEEDS.items() if word in words)),
        "run_to_case" in words,
        bool({"hbreak", "watch"} & words) and "detach" not in words,
    )


def needs_of_script(text: str) -> tuple[str, ...]:
    """What a case's command file asks for; whether it breaks in memory or by registers is the platform's choice."""
    found = [need for need, pattern in ((gdbstub.WATCH, WATCHING), (gdbstub.STEP, STEPPING)) if pattern.search(text)]
    return (*doing("script").needs, *found)


def script_of(case: str) -> Path | None:
    """The command file of a case (NAME@MODE), None where it has none: what gdb does with it in mode script."""
    return file_of(case.partition("@")[0], ".gdb")


def takes_part(mode: str, case: str) -> bool:
    """Whether there is anything to do for a debugger mode in a case."""
    return mode != "script" or case.partition("@")[0] in _scripted()


@lru_cache
def _scripted() -> frozenset[str]:
    """The names of the cases that have a command file."""
    return frozenset(path.stem for path in CASES.glob("*/*.gdb"))
