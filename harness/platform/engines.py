# SPDX-License-Identifier: BSD-2-Clause
"""TCG's ways to execute, ENGINE=: each is another path through QEMU's translator or its loop, and another column."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.specifiers import SpecifierSet

DEFAULT = "default"


@dataclass(frozen=True)
class Engine:
    """One of them: `properties` of -accel and further `options`, by ranges of QEMU's versions."""

    properties: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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
}
