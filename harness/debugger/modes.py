# SPDX-License-Identifier: BSD-2-Clause
"""The debugger modes, and which cases each concerns."""

from functools import lru_cache
from pathlib import Path

from harness.catalogue.files import file_of
from harness.system.places import CASES

# What gdb does in each is in harness/debugger/commands/MODE.gdb, for `script` in the case's own command file;
# `detached` has no gdb.
MODES = ("detached", "attached", "hbreak", "break", "watch", "step", "left", "cut", "script")


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
