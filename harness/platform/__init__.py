# SPDX-License-Identifier: BSD-2-Clause
"""Platforms: the ways to run the guest. Each accelerator has a module with what is special about it."""

from harness.errors import WrongQuestion
from harness.platform import kvm, tcg
from harness.platform.qemu import Platform, Unusable, find_qemu, probe
from harness.settings import Settings

__all__ = ["ACCELERATORS", "Platform", "Unusable", "accelerator_names", "find_platforms"]

ACCELERATORS = {"tcg": tcg, "kvm": kvm}


def accelerator_names(settings: Settings, default: str) -> list[str]:
    """The accelerators that ACCEL asks for; `default` is what an empty ACCEL means."""
    asked = settings.accel or default
    names = list(ACCELERATORS) if asked == "all" else asked.split(",")
    for name in names:
        if name not in ACCELERATORS:
            raise WrongQuestion(
                f"ACCEL={name}: there is no such accelerator: choose from {', '.join(ACCELERATORS)}, all"
            )
    return names


def find_platforms(settings: Settings, default: str) -> list[Platform | Unusable]:
    """Their platforms, each probed."""
    if settings.host != "local":
        raise WrongQuestion(f"HOST={settings.host}: there is only HOST=local")
    names = accelerator_names(settings, default)
    qemu = find_qemu(settings.qemu)
    return [probe(ACCELERATORS[name], qemu, settings) for name in names]
