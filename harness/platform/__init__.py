# SPDX-License-Identifier: BSD-2-Clause
"""Platforms: the ways to run the guest. Each accelerator has a module with what is special about it."""

import platform as system
from functools import partial

from harness.errors import WrongQuestion
from harness.platform import bochs, hvf, kvm, lab, mshv, nvmm, qemu, tcg, whpx
from harness.platform.base import Platform, Unusable, modes_asked_of
from harness.settings import Settings

__all__ = ["ACCELERATORS", "accelerators_here", "Platform", "Unusable", "find_platforms", "modes_asked_of"]

LOCAL = "local"

QEMUS = {module.NAME: module for module in (tcg, kvm, whpx, hvf, mshv, nvmm)}

# Each one's function from the settings to a Platform or Unusable.
ACCELERATORS = {name: partial(qemu.probe, module) for name, module in QEMUS.items()} | {bochs.NAME: bochs.probe}


def accelerators_here() -> list[str]:
    """The accelerators that this system can have."""
    systems = {name: module.SYSTEMS for name, module in QEMUS.items()}
    return [name for name in ACCELERATORS if not systems.get(name) or system.system() in systems[name]]


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
        elif kvm.NAME in names:
            platforms.append(lab.probe(host, settings))
    if not platforms:
        raise WrongQuestion(f"HOST={settings.host} ACCEL={asked}: an emulated host has KVM alone")
    for platform in platforms:
        platform.asked = asked != "all"
    return platforms
