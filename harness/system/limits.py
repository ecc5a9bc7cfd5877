# SPDX-License-Identifier: BSD-2-Clause
"""The deadlines and bounds that all boots have in common."""

from dataclasses import dataclass

# Seconds, before the timeout multiplier.
SILENCE = 10.0  # a guest that runs says something
MURMUR = 60.0  # one of which its monitor alone tells, by events, says something by itself
START = 20.0  # a hypervisor or gdb that works has come up
FIRMWARE = 60.0  # an emulated PC with its firmware and a boot loader has come to the guest
FAREWELL = 5.0  # what dies takes no longer over it

# Seconds, on any machine, that what a child leaves behind may go on after it: as `tee`, to write what it has.
LAST_WORDS = 0.5


@dataclass(frozen=True)
class Bound:
    """How much is taken of what one source says: bytes and lines in all, and bytes of a line (longer: several)."""

    size: int = 16 << 20
    lines: int = 250_000
    line: int = 1 << 16


# Of a hypervisor, its monitor, a debugger, a log of others: who says more never ends. The longest that are known have
# a tenth of that, or less: a Bochs' log of 940 KB, a gdb's of 14,000 lines.
BOUND = Bound()

# Of a guest: seven times what the whole catalogue has, or more.
LOG = Bound(size=4 << 20, lines=50_000)


def amount(size: int) -> str:
    """So many bytes, in words."""
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size} bytes"


@dataclass
class Deadlines:
    """The deadlines, scaled for machines that are slower."""

    multiplier: float = 1.0

    def __call__(self, seconds: float) -> float:
        return seconds * self.multiplier
