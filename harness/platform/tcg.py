# SPDX-License-Identifier: BSD-2-Clause
"""TCG, QEMU's own emulation: runs everywhere."""

NAME = "tcg"

# CPU models to try, the first that QEMU starts with is taken; None is QEMU's own default.
CPUS = ["max"]


def obstacle() -> str:
    """Why this accelerator cannot be used here, as far as can be told without QEMU; else empty."""
    return ""


def facts() -> dict[str, str]:
    """What known bugs can depend on."""
    return {}


def reservations() -> list[str]:
    """Why results here say little about the accelerator in general."""
    return []
