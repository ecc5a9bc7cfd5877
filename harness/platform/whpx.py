# SPDX-License-Identifier: BSD-2-Clause
"""WHPX, the Windows Hypervisor Platform.

Nobody has run it with this harness yet: docs/whpx.md says what rests on QEMU's source alone.
"""

import platform

from harness.platform.accelerator import Accelerator

# QEMU's default alone: "max" does not start, and a guest on "host" dies where that starts
# (https://github.com/qemus/qemu/issues/1360: Unexpected VP exit code 4).
CPUS = (None,)

# whpx_accel_init() and load_whp_dispatch_fns(): target/i386/whpx/whpx-all.c, since QEMU 11 accel/whpx/whpx-common.c.
MEANINGS = {
    "invalid accelerator whpx": "this QEMU is built without it: QEMUs for Windows have it",
    "Could not load library WinHv": "the Windows feature HypervisorPlatform is off: turn it on, and restart",
    "WHPX: No accelerator found": "Windows' hypervisor does not run: HypervisorPlatform is off or waits for a restart, "
    "or this machine has no virtualization, or has it turned off in its firmware",
    "WHPX: Failed to create partition": "Windows' hypervisor gives no partition: another program may keep it",
    "WHPX: kernel irqchip requested, but unavailable": "this Windows has no interrupt controller to give",
}

# Up to QEMU 10 interrupts of -machine pc are lost with the hypervisor's local APIC: "injection failed, MSI (0, 0)
# delivery" (https://gitlab.com/qemu-project/qemu/-/issues/346).
PROPERTIES = {"<11": "kernel-irqchip=off"}

WHPX = Accelerator(
    "whpx",
    systems=("Windows",),
    cpus=CPUS,
    properties=PROPERTIES,
    meanings=MEANINGS,
    facts=lambda: {"windows": platform.version()},
)
