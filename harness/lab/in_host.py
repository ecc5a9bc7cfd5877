# SPDX-License-Identifier: BSD-2-Clause
"""Where things are inside of a host."""

from dataclasses import dataclass

PROGRAM = "/bin/qemu"
LIBRARIES = "/lib"
FIRMWARE = "/share"
TEMPORARY = "/tmp/"

# What QEMU is started by.
COMMAND = [PROGRAM, "-L", FIRMWARE]


@dataclass(frozen=True)
class Part:
    """One file's place in the store, and in the host."""

    path: str
    mode: int
    offset: int
    size: int
