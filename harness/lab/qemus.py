# SPDX-License-Identifier: BSD-2-Clause
"""QEMUs of the lab, by their versions: what QEMU= means where it is no program."""

import re
from pathlib import Path

from harness.lab import cache, fetch
from harness.system.errors import WrongQuestion


def lab_qemu(asked: str) -> Path | None:
    """The QEMU that a lab name ("10.0", "newest") means; None if it is none. Raises WrongQuestion if it is not here."""
    if asked != cache.NEWEST and not re.fullmatch(r"\d+(\.\d+)*", asked):
        return None
    item = cache.find("qemu", asked)
    if item is None:
        raise WrongQuestion(f"QEMU={asked}: it is not here: {fetch.advice('qemu', asked)}")
    return item.path / fetch.PROGRAM


def name_of_qemu(program: str) -> str:
    """The version of a QEMU of the lab, by which every lab knows it; any other's path."""
    versions = [item.version for item in cache.items() if str(item.path / fetch.PROGRAM) == program]
    return versions[0] if versions else program
