# SPDX-License-Identifier: BSD-2-Clause
"""TCG's ways to execute, ENGINE=: each is another path through QEMU's translator or its loop, and another column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.specifiers import SpecifierSet

from harness.catalogue.debugger_modes import MODES

DEFAULT = "default"
RECORDING = "rrfile=recording"  # a file in the folder that QEMU runs in
REPLAYS, RECORDS = f"rr=replay,{RECORDING}", f"rr=record,{RECORDING}"


@dataclass(frozen=True)
class Engine:
    """One of them: `properties` of -accel and further `options`, by ranges of QEMU's versions.

    `cpus` are how many it has, 0 for any; `debuggers` the debugger modes that it offers, `no_debugger` why no others.
    """

    properties: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cpus: int = 0
    debuggers: tuple[str, ...] = MODES
    no_debugger: str = ""

    def chosen(self, version: str) -> tuple[list[str], list[str]]:
        """The properties and the options for a version of QEMU."""
        properties = [text for versions, text in self.properties.items() if version in SpecifierSet(versions)]
        options = [
            word for versions, words in self.options.items() if version in SpecifierSet(versions) for word in words
        ]
        return properties, options


ENGINES = {
    DEFAULT: Engine(),
    # The clock counts instructions: one thread for all CPUs, and translation blocks that end where a timer is due.
    "icount": Engine(options={"": ("-icount", "shift=5")}),
    # One thread for all CPUs, in turns.
    "single": Engine(properties={"": "thread=single"}),
    # Each translation block has one instruction.
    "one-insn": Engine(properties={">=8.1": "one-insn-per-tb=on"}, options={"<8.1": ("-singlestep",)}),
    # What was recorded before, without a gdb: interrupts and time come from there, at the same instructions.
    "replay": Engine(
        options={"": ("-icount", f"shift=5,{REPLAYS}")},
        cpus=1,
        debuggers=tuple(mode for mode in MODES if mode not in ("step", "script")),
        no_debugger="in a replay, QEMU leaves out some of gdb's steps, and dies of what gdb makes other than recorded",
    ),
}


def recording(words: list[str]) -> list[str]:
    """The options or the command that record what these replay; none where they do not."""
    return [word.replace(REPLAYS, RECORDS) for word in words] if any(REPLAYS in word for word in words) else []


def kept_in(folder: Path, command: list[str]) -> list[str]:
    """The same command, whose recording is in that folder."""
    return [word.replace(RECORDING, f"rrfile={folder / 'recording'}") for word in command]
