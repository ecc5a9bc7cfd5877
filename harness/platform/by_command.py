# SPDX-License-Identifier: BSD-2-Clause
"""A hypervisor that is a command: it boots the guest, writes its log, and ends when the guest has left."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from harness.judging.bugs import matches
from harness.platform.base import DETACHED, Platform
from harness.system.limits import Deadlines
from harness.vm.command_boot import CommandBoot, Statuses
from harness.vm.outcome import Outcome
from harness.vm.script import default_of, shell_words, write_script

# What the words of a command may have in braces; a brace itself is doubled.
FIELDS = ("image", "cmdline", "serial", "folder")
BRACES = re.compile(r"\{(\w*)\}|\{\{|\}\}")


def filled(word: str, fields: Mapping[str, object]) -> str:
    """A word with the values of its fields. Raises KeyError for one that is not there."""
    return BRACES.sub(lambda found: found[0][0] if found[1] is None else str(fields[found[1]]), word)


def fields_in(word: str) -> list[str]:
    """The fields of a word; a brace that stands alone is one of no name."""
    alone = ["" for brace in BRACES.sub("", word) if brace in "{}"]
    return [*alone, *(found[1] for found in BRACES.finditer(word) if found[1] is not None)]


@dataclass(kw_only=True)
class CommandPlatform(Platform):
    """One way to boot by a command: `words` with FIELDS in them; `cannot` are patterns of cases, and why not.

    The exit statuses `good` are a good end's, `reset` those of a reset, and `crash` those with which it dies by itself.
    Deadlines are `slower` times as long. `elsewhere` are those of its places that another machine has elsewhere, by the
    variable that says where.
    """

    watch: ClassVar[type[CommandBoot]] = CommandBoot

    words: list[str]
    good: list[int]
    reset: list[int] = field(default_factory=list)
    crash: list[int] = field(default_factory=list)
    cannot: dict[str, str] = field(default_factory=dict)
    slower: float = 1.0
    elsewhere: dict[str, str] = field(default_factory=dict)
    debuggers: tuple[str, ...] = DETACHED
    no_debugger: str = "the harness drives no debugger here"

    def command(self, image: Path, cases: str, folder: Path) -> list[str]:
        fields = {"image": image, "cmdline": f"cases={cases}", "serial": folder / "serial.log", "folder": folder}
        return [self.program, *(filled(word, fields) for word in self.words[1:])]

    @property
    def on_output(self) -> bool:
        """Whether the guest's log comes on standard output."""
        return not any("serial" in fields_in(word) for word in self.words)

    def boot(self, image, cases, folder, deadlines, debugging=None, on_case=lambda case: None) -> Outcome:
        command = self.command(image, cases, folder)
        statuses = Statuses(self.good, self.reset, self.crash)
        slower = Deadlines(deadlines.multiplier * self.slower)
        return self.watch(command, image, self.on_output, statuses, folder, slower, on_case).run()

    def refusal(self, case: str, debugger: str) -> str:
        return next((why for pattern, why in self.cannot.items() if matches(case, pattern)), "")

    def write_command(self, folder, image, cases, debugging) -> None:
        beside = Path(os.path.relpath(image, folder))
        words = CommandPlatform.command(self, beside, cases, Path("$logs"))
        places = self.elsewhere or {"PROGRAM": self.program}
        variables = {place: f"${name.lower()}" for name, place in places.items()} | {"$logs": "$logs"}
        write_script(
            folder / "command",
            [
                "# Boots this VM again, with the guest's log on the terminal.",
                *(default_of(name, place) for name, place in places.items()),
                'cd "$(dirname "$0")" || exit',
                "logs=$(mktemp -d)",
                """trap 'rm -r "$logs"' EXIT""",
                shell_words(words, variables),
                *([] if self.on_output else ['cat "$logs/serial.log"']),
            ],
        )
