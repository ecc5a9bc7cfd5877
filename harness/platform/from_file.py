# SPDX-License-Identifier: BSD-2-Clause
"""A hypervisor of the user's own, as PLATFORM=file.toml describes it: docs/add-a-platform.md."""

import os
import shlex
import tomllib
from pathlib import Path
from typing import Any

from harness.catalogue.modes import ALL_MODES
from harness.platform.base import Unusable
from harness.platform.by_command import DETACHED, FIELDS, CommandPlatform
from harness.system import process
from harness.system.errors import WrongQuestion

NUMBER = (int, float)
KINDS = {str: "a text", list: "a list", dict: "a table", NUMBER: "a number"}


def read(path: Path) -> dict[str, Any]:
    """The file's table, checked. Raises WrongQuestion."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongQuestion(f"PLATFORM={path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongQuestion(f"PLATFORM={path}: not valid TOML: {error}") from None
    kinds = {
        "name": str,
        "command": list,
        "good": list,
        "reset": list,
        "crash": list,
        "facts": dict,
        "modes": list,
        "cannot": dict,
        "pace": NUMBER,
    }
    for key, value in table.items():
        if key not in kinds:
            raise WrongQuestion(f"PLATFORM={path}: '{key}' is nothing that it can hold: {', '.join(kinds)}")
        if not isinstance(value, kinds[key]):
            raise WrongQuestion(f"PLATFORM={path}: {key} = {value!r}: it wants {KINDS[kinds[key]]}")
    command = table.get("command", [])
    if not table.get("name") or not command or not all(isinstance(word, str) for word in command):
        raise WrongQuestion(f"PLATFORM={path}: it wants a name, and a command as a list of words")
    try:
        used = " ".join(command).format_map(dict.fromkeys(FIELDS, "\0"))
    except (KeyError, IndexError, ValueError):
        used = ""
    if "\0" not in used or "{image}" not in " ".join(command):
        known = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise WrongQuestion(f"PLATFORM={path}: the command has to have {{image}} in it, and may have {known}")
    return table


def _modes(path: str, table: dict[str, Any]) -> tuple[str, ...]:
    modes = tuple(table.get("modes", ALL_MODES))
    if unknown := [mode for mode in modes if mode not in ALL_MODES]:
        raise WrongQuestion(f"PLATFORM={path}: modes: there is no {unknown[0]!r}: choose from {', '.join(ALL_MODES)}")
    return modes


def probe(path: str) -> CommandPlatform | Unusable:
    """The platform that a file describes."""
    table = read(Path(path))
    name, words = table["name"], table["command"]
    beside = Path(path).resolve().parent / words[0]
    program = str(beside) if beside.is_file() else process.find_program(words[0])
    if program is None:
        return Unusable(name=name, reason=f"{words[0]} is not on the PATH, nor beside {path}", debuggers=DETACHED)
    if not os.access(program, os.X_OK):
        return Unusable(name=name, reason=f"{program} is not executable: chmod +x it", debuggers=DETACHED)
    return CommandPlatform(
        name=name,
        program=os.path.abspath(program),
        description=f"by {path}: {shlex.join(words)}",
        facts={"accel": name, **{key: str(value) for key, value in table.get("facts", {}).items()}},
        versions={},
        pace=float(table.get("pace", 1)),
        modes=_modes(path, table),
        words=words,
        good=table.get("good", [0]),
        reset=table.get("reset", []),
        crash=table.get("crash", []),
        cannot={str(pattern): str(why) for pattern, why in table.get("cannot", {}).items()},
    )
