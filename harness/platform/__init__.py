# SPDX-License-Identifier: BSD-2-Clause
"""Platforms: the ways to run the guest."""

import platform as system
from functools import partial

from harness.errors import WrongQuestion
from harness.platform import bochs, lab, qemu
from harness.platform.base import Platform, Unusable, modes_asked_of
from harness.platform.hvf import HVF
from harness.platform.kvm import KVM
from harness.platform.mshv import MSHV
from harness.platform.nvmm import NVMM
from harness.platform.tcg import TCG
from harness.platform.whpx import WHPX
from harness.settings import Settings

__all__ = ["ACCELERATORS", "accelerators_here", "Platform", "Unusable", "find_platforms", "modes_asked_of"]

LOCAL = "local"

QEMUS = {accelerator.name: accelerator for accelerator in (TCG, KVM, WHPX, HVF, MSHV, NVMM)}

# Each one's function from the settings to a Platform or Unusable.
ACCELERATORS = {name: partial(qemu.probe, accelerator) for name, accelerator in QEMUS.items()} | {
    bochs.NAME: bochs.probe
}


def accelerators_here() -> list[str]:
    """The accelerators that this system can have."""
    elsewhere = {name for name, each in QEMUS.items() if each.systems and system.system() not in each.systems}
    return [name for name in ACCELERATORS if name not in elsewhere]


def find_platforms(settings: Settings, default: str) -> list[Platform | Unusable]:
    """The platforms that ACCEL asks for, each probed; `default` is what an empty ACCEL means.

    By name, one that cannot be used is a result; of "all", those that this system can have, it is only mentioned.
    """
    asked = settings.accel or default
    names = accelerators_here() if asked == "all" else asked.split(",")
    for name in names:
        if name not in ACCELERATORS:
            known = ", ".join(ACCELERATORS)
            raise WrongQuestion(f"ACCEL={name}: there is no such accelerator: choose from {known}, all")
    platforms: list[Platform | Unusable] = []
    for host in settings.host.split(","):
        if host == LOCAL:
            platforms += [ACCELERATORS[name](settings) for name in names]
        elif KVM.name in names:
            platforms.append(lab.probe(host, settings))
    if not platforms:
        raise WrongQuestion(f"HOST={settings.host} ACCEL={asked}: an emulated host has KVM alone")
    for platform in platforms:
        platform.asked = asked != "all"
    return platforms
