# SPDX-License-Identifier: BSD-2-Clause
"""Platforms: the ways to run the guest. Each accelerator has a module with what is special about it."""

from harness.errors import WrongQuestion
from harness.platform import kvm, tcg
from harness.platform.qemu import Platform, Unusable, find_qemu, probe
from harness.settings import Settings

__all__ = ["ACCELERATORS", "Platform", "Unusable", "find_platforms"]

ACCELERATORS = {"tcg": tcg, "kvm": kvm}


def find_platforms(settings: Settings, default: str) -> list[Platform | Unusable]:
    """The platforms that ACCEL asks for, each probed; `default` is what an empty ACCEL means."""
    if settings.host != "local":
        raise WrongQuestion(f"HOST={settings.host}: there is only HOST=local")
    names = list(ACCELERATORS) if (settings.accel or default) == "all" else (settings.accel or default).split(",")
    for name in names:
        if name not in ACCELERATORS:
            raise WrongQuestion(f"ACCEL={name}: there is no such accelerator: choose from {', '.join(ACCELERATORS)}, all")
    qemu = find_qemu(settings.qemu)
    return [probe(ACCELERATORS[name], qemu, settings) for name in names]
