# SPDX-License-Identifier: BSD-2-Clause
"""MSHV, Microsoft's hypervisor below Linux."""

import platform

from harness.platform.accelerator import Accelerator

# Seen with Debian's QEMU 11.1.3; the rest of the line says why: "No such file or directory", "Permission denied".
MEANINGS = {
    "invalid accelerator mshv": "this QEMU is built without it: QEMUs for Linux can have it since 10.2",
    "Failed to open /dev/mshv": "this Linux does not run as the root of Microsoft's hypervisor, or may not use it",
}

MSHV = Accelerator(
    "mshv",
    systems=("Linux",),
    meanings=MEANINGS,
    facts=lambda: {"kernel": platform.release()},
)
