# SPDX-License-Identifier: BSD-2-Clause
"""NVMM, NetBSD's and DragonFly's hypervisor."""

import platform

from harness.platform.accelerator import Accelerator

# nvmm_accel_init() in target/i386/nvmm/nvmm-all.c.
MEANINGS = {
    "invalid accelerator nvmm": "this QEMU is built without it: QEMUs for NetBSD and DragonFly have it",
    "NVMM: Initialization failed": "/dev/nvmm does not open: 'modload nvmm' loads it, and its group may use it",
    "NVMM: Unsupported version": "this QEMU is for another version of NVMM",
    "NVMM: Wrong state size": "this QEMU is for another version of NVMM",
}

NVMM = Accelerator(
    "nvmm",
    systems=("NetBSD", "DragonFly"),
    meanings=MEANINGS,
    facts=lambda: {"kernel": platform.release()},
)
