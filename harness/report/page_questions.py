# SPDX-License-Identifier: BSD-2-Clause
"""What a page shows of questions beside their answers: what a case asks, its code, and why its log is required."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.catalogue.log_file import read_comments
from harness.catalogue.required import FIXED, SCRIPTED
from harness.catalogue.source import read_source, without_licence
from harness.system import files
from harness.system.places import CASES, ROOT
from harness.system.printable import printable

TAB = 8


def questions(names: Iterable[str]) -> list[dict[str, Any]]:
    """Each case by its name: its family ("" for one that is not in this catalogue), what it asks, its files."""
    there: dict[str, list[Path]] = {}
    for path in sorted(CASES.glob("*/*")):
        there.setdefault(path.name.partition(".")[0], []).append(path)
    return [_question(name, there.get(name, [])) for name in names]


def _question(name: str, paths: list[Path]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "family": "", "asks": "", "files": []}
    for path in paths:
        if path.suffix == ".c":
            source = read_source(path)
            found |= {"family": path.parent.name, "asks": " ".join(source.asks)}
            lines = source.code
        elif path.suffix == FIXED and not path.name.endswith(SCRIPTED):
            lines = [line for _, line in read_comments(path)]
        else:
            lines = files.read_text(path).splitlines()
        text = "\n".join(printable(line.expandtabs(TAB)) for line in without_licence(lines))
        found["files"].append([path.relative_to(ROOT).as_posix(), text.strip("\n")])
    return found
