# SPDX-License-Identifier: BSD-2-Clause
"""QEMUs and Bochses of the lab, by their versions: what QEMU= and BOCHS= mean where that is no program."""

import re
from pathlib import Path

from harness.lab import cache, fetch
from harness.system.errors import WrongQuestion


def lab_program(kind: str, asked: str) -> Path | None:
    """The program of this kind that a lab name ("10.0", "newest") means; None if it is none.

    Raises WrongQuestion if it is not here.
    """
    if asked != cache.NEWEST and not re.fullmatch(r"\d+(\.\d+)*", asked):
        return None
    item = cache.find(kind, asked)
    if item is None:
        raise WrongQuestion(f"{kind.upper()}={asked}: it is not here: {fetch.advice(kind, asked)}")
    return item.path / fetch.PROGRAMS[kind]


def name_of_qemu(program: str) -> str:
    """The version of a QEMU of the lab, by which every lab knows it; any other's path."""
    name = fetch.PROGRAMS["qemu"]
    versions = [item.version for item in cache.items() if str(item.path / name) == program]
    return versions[0] if versions else program
