# SPDX-License-Identifier: BSD-2-Clause
"""The guest's files: what each needs of the others makes no circle, and a figure that several share stands once."""

import re
from graphlib import TopologicalSorter

import pytest

from harness.system.places import ROOT

INCLUDE = re.compile(r'^#include "(.*)"', re.MULTILINE)


def needs() -> dict[str, set[str]]:
    """What each pair of files, NAME.c and NAME.h, includes of others, by NAME."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "guest").rglob("*.[ch]"):
        name = path.relative_to(ROOT / "guest").with_suffix("").as_posix()
        included = {place.removesuffix(".h") for place in INCLUDE.findall(path.read_text(encoding="utf-8"))}
        found.setdefault(name, set()).update(included - {name})
    return found


def test_there_is_no_circle():
    order = list(TopologicalSorter(needs()).static_order())
    assert order.index("traps") < order.index("case")


def test_every_file_that_is_included_is_there():
    files = needs()
    assert {name for included in files.values() for name in included} <= set(files)


@pytest.mark.parametrize("name", ["SCRATCH", "UNMAPPED", "MSR_EFER"])
def test_a_shared_figure_is_written_once(name):
    constants = ROOT / "guest" / "constants.h"
    figure = re.search(rf"^#define {name} 0x(\w+)$", constants.read_text(), re.MULTILINE).group(1)
    again = [
        path.relative_to(ROOT).as_posix()
        for folder in ("boot", "guest", "cases", "harness")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".c", ".h", ".asm", ".inc", ".gdb", ".py") and path != constants
        if re.search(rf"\b0x0*{figure}u?l?\b", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert again == []
