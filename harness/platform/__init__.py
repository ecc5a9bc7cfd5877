# SPDX-License-Identifier: BSD-2-Clause
"""The ways to run the guest: an accelerator or emulator, where, and with which program.

May import: lab, and what that may.
"""

import platform as system
from collections.abc import Mapping
from functools import partial

from harness.platform import bochs, from_file, qemu, v86, xen
from harness.platform.base import Platform, Unusable, modes_asked_of
from harness.platform.engines import ENGINES
from harness.platform.hvf import HVF
from harness.platform.kvm import KVM
from harness.platform.mshv import MSHV
from harness.platform.nvmm import NVMM
from harness.platform.tcg import TCG
from harness.platform.target import Target
from harness.platform.whpx import WHPX
from harness.system import process
from harness.system.errors import WrongQuestion

__all__ = [
    "ACCELERATORS",
    "Platform",
    "Unusable",
    "accelerators_here",
    "check_used",
    "find_platforms",
    "modes_asked_of",
    "unused",
]

LOCAL = "local"

# Values of ACCEL= beside names: all that this system can have; those of them whose results are a reference.
ALL, REFERENCES = "all", "references"

QEMUS = {accelerator.name: accelerator for accelerator in (TCG, KVM, WHPX, HVF, MSHV, NVMM)}

# Each one's function from a target to a Platform or Unusable.
ACCELERATORS = {name: partial(qemu.probe, accelerator) for name, accelerator in QEMUS.items()} | {
    bochs.NAME: bochs.probe,
    v86.NAME: v86.probe,
    xen.NAME: xen.probe,
}

# Of the knobs that are not for all accelerators, those that they are for. A Bochs is the CPU of an emulated Intel host,
# which is called as lab/choose.py has it, whose import takes longer than a case.
INTEL = "intel"
ON_INTEL = f"kvm with HOST={INTEL}"
USERS = {
    "engine": (TCG.name,),
    "qemu": (*QEMUS, xen.NAME),
    "bochs": (bochs.NAME, ON_INTEL),
    "v86": (v86.NAME,),
    "xen": (xen.NAME,),
    "xen_args": (xen.NAME,),
    "machine": tuple(QEMUS),
    "firmware": tuple(QEMUS),
    "cpu": (*QEMUS, bochs.NAME, xen.NAME),
}


def accelerators_here() -> list[str]:
    """The accelerators that this system can have."""
    elsewhere = {name for name, each in QEMUS.items() if each.systems and system.system() not in each.systems}
    return [name for name in ACCELERATORS if name not in elsewhere]


def unused(names: set[str]) -> list[str]:
    """The knobs that are for none of these accelerators."""
    return [knob for knob, users in USERS.items() if names.isdisjoint(users)]


def check_used(knobs: Mapping[str, str], names: set[str]) -> None:
    """Raises WrongQuestion where one of the knobs says something, and is for none of these accelerators."""
    for knob in unused(names):
        if knobs.get(knob):
            raise WrongQuestion(f"{knob.upper()}={knobs[knob]}: only ACCEL={', '.join(USERS[knob])} has it")


def find_platforms(target: Target, default: str) -> list[Platform | Unusable]:
    """The platforms that ACCEL asks for, each probed; `default` is what an empty ACCEL means.

    By name, one that cannot be used is a result; of ALL or REFERENCES it is only mentioned. PLATFORM's stand alone, or
    before those of an ACCEL that is not empty.
    """
    process.allow_files(1)  # without which a platform that is probed seems unusable
    own = [from_file.probe(path) for path in target.platform.split(",")] if target.platform else []
    taken = [platform.name for platform in own]
    if twice := [name for name in taken if taken.count(name) > 1]:
        raise WrongQuestion(f"PLATFORM={target.platform}: two platforms called {twice[0]}: give one another name")
    if own and not target.accel:
        if target.host != LOCAL:
            raise WrongQuestion(f"HOST={target.host} PLATFORM={target.platform}: an emulated host has KVM alone")
        return own
    asked = target.accel or default
    names = accelerators_here() if asked in (ALL, REFERENCES) else asked.split(",")
    for name in names:
        if name not in ACCELERATORS:
            known = ", ".join(ACCELERATORS)
            raise WrongQuestion(f"ACCEL={name}: there is no such accelerator: choose from {known}, {ALL}")
        if name in taken:
            asked_for = f"PLATFORM={target.platform} and ACCEL={asked}"
            raise WrongQuestion(f"{asked_for}: two platforms called {name}: give yours another name")
    hosts = target.host.split(",")
    for host in hosts:
        if host != LOCAL and KVM.name not in names:
            raise WrongQuestion(f"HOST={host} ACCEL={asked}: an emulated host has KVM alone")
    check_used({"engine": target.engine, "xen_args": target.xen_args}, set(names))
    for engine in target.engine.split(",") if target.engine else []:
        if engine not in ENGINES:
            raise WrongQuestion(f"ENGINE={engine}: choose from {', '.join(ENGINES)}")
    platforms: list[Platform | Unusable] = [*own]
    for host in hosts:
        if host == LOCAL:
            found = [each for name in names for each in _probe(name, target)]
            platforms += [_unless_no_reference(each, target) for each in found] if asked == REFERENCES else found
        else:
            from harness.platform import lab  # takes longer than a case, and most runs need none of it

            platforms.append(lab.probe(host, target))
    for platform in platforms[len(own) :]:
        platform.asked = asked not in (ALL, REFERENCES)
    return platforms


def _probe(name: str, target: Target) -> list[Platform | Unusable]:
    """An accelerator here: of TCG, each engine that is asked for."""
    if name == TCG.name and target.engine:
        return [qemu.probe(TCG, target, engine) for engine in target.engine.split(",")]
    return [ACCELERATORS[name](target)]


def _unless_no_reference(found: Platform | Unusable, target: Target) -> Platform | Unusable:
    """What was found; left out where its results would be no reference, and no knob of its own asks for it."""
    asked = any(users == (found.name,) and getattr(target, knob) for knob, users in USERS.items())
    if isinstance(found, Unusable) or not found.reservations or asked:
        return found
    reason = f"{'; '.join(found.reservations)}; ACCEL={found.name} runs it all the same"
    return Unusable(name=found.name, reason=reason, left_out=True, debuggers=found.debuggers)
