# SPDX-License-Identifier: BSD-2-Clause
"""KVM, the Linux kernel's hypervisor."""

import os
import platform
from pathlib import Path

from harness.platform.accelerator import Accelerator

SYSTEMS = ("Linux",)
DEVICE = Path("/dev/kvm")
MODULES = Path("/sys/module")
REFERENCES = ("kvm_intel", "kvm_amd")


def backend() -> str:
    """The kernel module that does the work: kvm_intel, kvm_amd, or something that is no reference."""
    found = sorted(path.name for path in MODULES.glob("kvm_*"))
    return next((name for name in found if name in REFERENCES), found[0] if found else "")


def obstacle() -> str:
    if platform.system() not in SYSTEMS:
        return f"it is Linux's, and this is {platform.system()}"
    if not DEVICE.exists():
        return f"there is no {DEVICE}: no KVM in this kernel, or no virtualization in this machine"
    try:
        os.close(os.open(DEVICE, os.O_RDWR))
    except PermissionError:
        return f"{DEVICE} may not be opened by this user: add yourself to its group"
    except OSError as error:
        return f"{DEVICE} does not open: {error.strerror}"
    return ""


def facts() -> dict[str, str]:
    return {"kernel": platform.release(), "backend": backend()}


def reservations() -> list[str]:
    name = backend()
    if name in REFERENCES:
        return []
    return [f"its backend is {name or 'unknown'}, not kvm_intel or kvm_amd"]


KVM = Accelerator(
    "kvm",
    systems=SYSTEMS,
    machine="microvm",
    cpus=("host", None),  # some software backends cannot set what the host's CPU model asks for
    meanings={"invalid accelerator kvm": "this QEMU is built without it"},
    obstacle=obstacle,
    facts=facts,
    reservations=reservations,
)
