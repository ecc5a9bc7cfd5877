# SPDX-License-Identifier: BSD-2-Clause
"""TCG, QEMU's own emulation: runs everywhere."""

NAME = "tcg"

# The systems that have it, as platform.system() calls them; none for all.
SYSTEMS = ()

# The machine that MACHINE= is unless it says otherwise.
MACHINE = "microvm"

# CPU models to try, the first that QEMU starts with is taken; None is QEMU's own default.
CPUS = ["max"]

# Properties of the accelerator, by ranges of QEMU's versions.
PROPERTIES: dict[str, str] = {}

# What texts in QEMU's words mean for who wants to use it.
MEANINGS: dict[str, str] = {}


def obstacle() -> str:
    """Why this accelerator cannot be used here, as far as can be told without QEMU; else empty."""
    return ""


def facts() -> dict[str, str]:
    """What known bugs can depend on."""
    return {}


def reservations() -> list[str]:
    """Why results here say little about the accelerator in general."""
    return []
