# SPDX-License-Identifier: BSD-2-Clause
"""What is special about an accelerator of QEMU's; each has a file of its own beside this one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Accelerator:
    """One of QEMU's accelerators."""

    name: str

    # The systems that have it, as platform.system() calls them; none for all.
    systems: tuple[str, ...] = ()

    # The machine that MACHINE= is unless it says otherwise.
    machine: str = "pc"

    # CPU models to try, the first that QEMU starts with is taken; None is QEMU's own default.
    cpus: tuple[str | None, ...] = ("host", None)

    # Properties of the accelerator, by ranges of QEMU's versions.
    properties: Mapping[str, str] = field(default_factory=dict)

    # What texts in QEMU's words mean for who wants to use it.
    meanings: Mapping[str, str] = field(default_factory=dict)

    # Why it cannot be used here, as far as can be told without QEMU; else empty.
    obstacle: Callable[[], str] = str

    # What known bugs can depend on.
    facts: Callable[[], dict[str, str]] = dict

    # Why results here say little about the accelerator in general.
    reservations: Callable[[], list[str]] = list

    def meaning(self, words: str) -> str:
        """What QEMU's words mean for who wants to use it; empty where that is not known."""
        return next((meaning for text, meaning in self.meanings.items() if text in words), "")
