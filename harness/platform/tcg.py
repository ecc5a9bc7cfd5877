# SPDX-License-Identifier: BSD-2-Clause
"""TCG, QEMU's own emulation: runs everywhere."""

from harness.platform.accelerator import Accelerator

TCG = Accelerator("tcg", machine="microvm", cpus=("max",))
