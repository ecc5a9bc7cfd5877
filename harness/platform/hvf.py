# SPDX-License-Identifier: BSD-2-Clause
"""HVF, macOS' Hypervisor.framework, on Intel Macs."""

import platform

from harness.platform.accelerator import Accelerator

# assert_hvf_ok_impl() in accel/hvf/hvf-all.c; macOS says HV_DENIED to a program without the entitlement.
MEANINGS = {
    "invalid accelerator hvf": "this QEMU is built without it: QEMUs for macOS have it",
    "HV_UNSUPPORTED": "this machine has no virtualization to give, as in a virtual machine",
    "HV_DENIED": "this QEMU is not signed with com.apple.security.hypervisor",
    "HV_NO_DEVICE": "macOS has no virtualization to give",
    "HV_BUSY": "another hypervisor has the CPU",
}

HVF = Accelerator(
    "hvf",
    systems=("Darwin",),
    meanings=MEANINGS,
    facts=lambda: {"macos": platform.mac_ver()[0]},
)
