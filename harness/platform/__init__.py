# SPDX-License-Identifier: BSD-2-Clause
"""Platforms: the ways to run the guest. Each accelerator has a module with what is special about it."""

from functools import partial

from harness.errors import WrongQuestion
from harness.platform import bochs, kvm, lab, qemu, tcg
from harness.platform.base import Platform, Unusable, modes_asked_of
from harness.settings import Settings

__all__ = ["ACCELERATORS", "Platform", "Unusable", "find_platforms", "modes_asked_of"]

LOCAL = "local"

# Each one's function from the settings to a Platform or Unusable.
ACCELERATORS = {"tcg": partial(qemu.probe, tcg), "kvm": partial(qemu.probe, kvm), "bochs": bochs.probe}


def find_platforms(settings: Settings, default: str) -> list[Platform | Unusable]:
    """The platforms that ACCEL asks for, each probed; `default` is what an empty ACCEL means.

    By name, one that cannot be used is a result; of "all", it is only mentioned.
    """
    asked = settings.accel or default
    names = list(ACCELERATORS) if asked == "all" else asked.split(",")
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
