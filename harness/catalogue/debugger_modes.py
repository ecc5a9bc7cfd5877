# SPDX-License-Identifier: BSD-2-Clause
"""The debugger modes: which there are, what gdb does in each by its command file, and which cases each concerns."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from harness.catalogue.files import file_of
from harness.system import files
from harness.system.places import CASES, ROOT

# In the order of a table's columns. What gdb does in each is in COMMANDS/MODE.gdb, for `script` in the case's own
# command file; `detached` has no gdb.
MODES = ("detached", "attached", "hbreak", "break", "watch", "step", "left", "cut", "script")

COMMANDS = ROOT / "harness" / "debugger" / "commands"


@dataclass(frozen=True)
class Doing:
    """What gdb does while the cases run, whichever they are: what a known bug may be tied to.

    It has breakpoints that are `armed` in debug registers, or `inserted`, there or in memory; it lets the guest go on
    at each stop, and `runs_on`. It `stops` the guest before the first case.
    """

    armed: bool = False
    inserted: bool = False
    runs_on: bool = False
    stops: bool = False

    def __str__(self) -> str:
        return " ".join(name for name, value in vars(self).items() if value)


@lru_cache
def words_of(mode: str) -> frozenset[str]:
    """The first words of the lines of a mode's command file; none of a mode that has no such file."""
    path = COMMANDS / f"{mode}.gdb"
    lines = files.read_text(path).splitlines() if path.is_file() else []
    return frozenset(line.split()[0] for line in lines if line.strip())


@lru_cache
def doing(mode: str) -> Doing:
    """What gdb does in a mode, by its command file."""
    if mode == "script":
        return Doing(stops=True)
    words = words_of(mode)
    stays = "detach" not in words
    return Doing(
        armed=stays and bool({"hbreak", "watch"} & words),
        inserted=stays and bool({"hbreak", "watch", "break"} & words),
        runs_on="run_on" in words,
        stops="run_to_case" in words,
    )


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
