# SPDX-License-Identifier: BSD-2-Clause
"""A hypervisor of the user's own, as PLATFORM=file.toml describes it: docs/add-a-platform.md."""

import os
import re
import shlex
from pathlib import Path
from typing import Any

from harness.catalogue.image import read_images
from harness.catalogue.modes import ALL_MODES
from harness.judging.bugs import OF_RESULTS, PATTERNS, RANGES, matches, version_of
from harness.platform.base import Unusable
from harness.platform.by_command import FIELDS, CommandPlatform, fields_in
from harness.system import files, process
from harness.system.errors import WrongQuestion
from harness.system.places import calling
from harness.system.printable import printable
from harness.system.tables import FACT, INTEGER, POSITIVE, TEXT, TEXTS, Kind, check, list_of, shown, table_of

# A column's name, and a part of folders' names.
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .@_+-]{0,38}[A-Za-z0-9])?")

STATUSES = list_of(INTEGER, "a list of exit statuses")

KINDS = {
    "name": TEXT,
    "command": Kind("a list of words", lambda value: isinstance(value, list)),
    "good": STATUSES,
    "reset": STATUSES,
    "crash": STATUSES,
    "facts": table_of(FACT, "a table of texts and numbers"),
    "modes": Kind(f"a list of {', '.join(ALL_MODES)}", lambda value: TEXTS.has(value) and set(value) <= set(ALL_MODES)),
    "cannot": table_of(TEXT, "a table of patterns, and why not"),
    "longest": POSITIVE,
    "pace": POSITIVE,
}

# What a bug may ask of a platform. What is no version is in no bug's range.
VERSION = Kind("a version, as '7.2.22'", lambda value: FACT.has(value) and version_of(str(value)) != "")
FACTS = {key: FACT for key in PATTERNS if key not in OF_RESULTS} | dict.fromkeys(RANGES, VERSION)


def read(path: Path) -> dict[str, Any]:
    """The file's table, checked; all of it but the command's words is fit to be shown. Raises WrongQuestion."""
    asked = f"PLATFORM={printable(str(path))}"
    table = files.read_toml(path, called=asked)
    check(table, KINDS, asked)
    check(table.get("facts", {}), FACTS, asked, "'facts'")
    name, command = table.get("name"), table.get("command")
    if not name or not command or not TEXTS.has(command):
        raise WrongQuestion(f"{asked}: it wants a name, and a command as a list of words")
    if not NAME.fullmatch(name):
        words = "up to 40 letters, digits, blanks and .@-_+, a letter or digit first and last"
        raise WrongQuestion(f"{asked}: name = {shown(name)}: it wants {words}")
    if not command[0] or any("\0" in word for word in command):
        raise WrongQuestion(f"{asked}: command = {shown(command)}: it begins with a program's name, and has no NUL")
    used = [field for word in command[1:] for field in fields_in(word)]
    if "image" not in used or not set(used) <= set(FIELDS):
        known = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise WrongQuestion(f"{asked}: the command has to have {{image}} in it, and may have {known}")
    everything = [case for image in read_images() for case in image.cases] if "cannot" in table else []
    for pattern in table.get("cannot", {}):
        if not any(matches(case, pattern) for case in everything):
            words = f"no NAME@MODE matches it, as int3@kernel64 or int3@*: '{calling('list')}' shows what there is"
            raise WrongQuestion(f"{asked}: cannot = {{ {shown(pattern)} = ... }}: {words}")
    for key in ("facts", "cannot"):
        table[key] = {name: printable(str(text)) for name, text in table.get(key, {}).items()}
    return table


def probe(path: str) -> CommandPlatform | Unusable:
    """The platform that a file describes."""
    table = read(Path(path))
    name, words = table["name"], table["command"]
    beside = os.path.join(os.path.dirname(os.path.realpath(path)), words[0])
    program = beside if os.path.isfile(beside) else process.find_program(words[0])
    if program is None:
        return Unusable.detached(name, printable(f"{words[0]} is not on the PATH, nor beside {path}"))
    if not os.access(program, os.X_OK):
        return Unusable.detached(name, printable(f"{program} is not executable: chmod +x it"))
    return CommandPlatform(
        name=name,
        program=os.path.abspath(program),
        description=printable(f"by {path}: {shlex.join(words)}"),
        facts={"accel": name, **table["facts"]},
        versions={},
        pace=float(table.get("pace", 1)),
        longest=int(table.get("longest", CommandPlatform.longest)),
        modes=tuple(table.get("modes", ALL_MODES)),
        words=words,
        good=table.get("good", [0]),
        reset=table.get("reset", []),
        crash=table.get("crash", []),
        cannot=table["cannot"],
    )
