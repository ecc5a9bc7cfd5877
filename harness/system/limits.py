# SPDX-License-Identifier: BSD-2-Clause
"""The deadlines and bounds that all boots have in common."""

from dataclasses import dataclass

# Seconds, before the timeout multiplier.
SILENCE = 10.0  # a guest that runs says something
START = 20.0  # a hypervisor or gdb that works has come up
FIRMWARE = 60.0  # an emulated PC with its firmware and a boot loader has come to the guest
FAREWELL = 5.0  # what dies takes no longer over it

LONGEST_LOG = 64 << 20  # bytes; a guest that writes more never ends


@dataclass
class Deadlines:
    """The deadlines, scaled for machines that are slower."""

    multiplier: float = 1.0

    def __call__(self, seconds: float) -> float:
        return seconds * self.multiplier
