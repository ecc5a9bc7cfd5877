# SPDX-License-Identifier: BSD-2-Clause
"""The harness's rooms: what each may import, from the top down, and that each says what it is for."""

import ast
from pathlib import Path

import pytest

from harness.system.places import ROOT

HARNESS = ROOT / "harness"

# A room imports from those below it, and not from those above. The modules beside the folders are rooms of one file.
FLOORS = (
    ("__main__", "tests"),
    ("manual",),
    ("command_line",),
    ("verbs",),
    ("settings",),
    ("knobs",),
    ("site",),
    ("bench", "blessing", "hunt"),
    ("report",),
    ("runs", "witness"),
    ("platform",),
    ("lab",),
    ("vm",),
    ("debugger",),
    ("media", "symbolize"),
    ("judging",),
    ("catalogue",),
    ("system",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# gdb's own Python runs these.
FOREIGN = HARNESS / "debugger" / "commands"


def modules() -> list[Path]:
    return [path for path in sorted(HARNESS.rglob("*.py")) if FOREIGN not in path.parents]


def room_of(module: str) -> str:
    """The room of a module by its whole name, "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


def imported(tree: ast.AST) -> set[str]:
    """The harness's modules that a module imports, wherever it does."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            whole = node.module == "harness"
            found |= {f"harness.{alias.name}" for alias in node.names} if whole else {node.module}
    return {module for module in found if module.split(".")[0] == "harness"}


def climbing(room: str, tree: ast.AST) -> list[str]:
    """What a module in this room imports and may not."""
    return sorted(
        module for module in imported(tree) if room_of(module) != room and FLOOR[room_of(module)] <= FLOOR[room]
    )


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HARNESS)))
def test_no_import_climbs(path):
    room = path.relative_to(HARNESS).parts[0].removesuffix(".py")
    if room != "__init__":
        assert climbing(room, ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "room, line",
    [
        ("judging", "from harness.runs.runner import Runner"),
        ("blessing", "from harness.hunt import look"),
        ("system", "def later():\n    import harness.catalogue.log"),
    ],
)
def test_one_that_climbs_is_seen(room, line):
    assert len(climbing(room, ast.parse(line))) == 1
    assert climbing("verbs", ast.parse(line)) == []


def test_every_room_says_what_it_is_for():
    rooms = [path for path in sorted(HARNESS.iterdir()) if (path / "__init__.py").exists()]
    assert {path.name for path in rooms} == {room for room in FLOOR if (HARNESS / room).is_dir()}
    for path in rooms:
        assert ast.get_docstring(ast.parse((path / "__init__.py").read_text(encoding="utf-8"))), path


def test_no_two_classes_have_one_name():
    defined: dict[str, list[str]] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                defined.setdefault(node.name, []).append(str(path.relative_to(HARNESS)))
    assert {name: places for name, places in defined.items() if len(places) > 1} == {}
