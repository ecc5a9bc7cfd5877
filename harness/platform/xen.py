# SPDX-License-Identifier: BSD-2-Clause
"""Xen on QEMU's emulated AMD CPU, with the guest as its PVH dom0: no Linux, no toolstack, no disk."""

import functools
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from harness.lab import cache
from harness.lab.fetch import qemu_name, qemu_version
from harness.lab.xens import find_xen, unpack_into_build
from harness.platform import qemu
from harness.platform.base import Unusable
from harness.platform.by_command import CommandPlatform
from harness.platform.target import Target
from harness.platform.tcg import TCG
from harness.system.errors import WrongQuestion
from harness.system.printable import printable
from harness.vm.ending import STATUS_DONE
from harness.vm.xen_boot import CONSOLE, XenBoot
from harness.vm.xen_probe import version_of

NAME = "xen"

# A PVH dom0 takes an IOMMU.
MACHINE, CPU = "q35", "max"
MEMORY_MIB, DOM0_MIB = 512, 128
BOARD = ["-machine", f"{MACHINE},kernel-irqchip=off", "-m", str(MEMORY_MIB), "-device", "amd-iommu"]

# COM1 is the guest's. Of vCPUs that move from processor to processor, an interrupt is lost now and then.
ON_COM2 = "com2=115200,8n1 console=com2 guest_loglvl=all noreboot"
DOM0 = f"dom0=pvh dom0_mem={DOM0_MIB}M dom0_vcpus_pin {ON_COM2}"

# Xen cuts dom0's command line off after 1023 characters (MAX_GUEST_CMDLINE, xen/include/public/xen.h).
LONGEST = 1000

# What XEN_ARGS may be, what known bugs call none, and characters of what is none.
ARGUMENTS = re.compile(r"[A-Za-z0-9 .,:=+/@_-]{0,400}")
NO_ARGUMENTS = "default"
LONGEST_QUOTED = 40

# Of these, the emulated SVM leaves armed what another vCPU had armed (bugs/tcg-svm-dr7.toml).
STALE_BREAKPOINTS = "dr_each_cpu_*"
SINCE = (9, 1)

SLOWER = 3.0  # than TCG: for so much longer a guest that runs may say nothing


@dataclass(kw_only=True)
class XenPlatform(CommandPlatform):
    """One Xen on one QEMU."""

    watch = XenBoot

    def command(self, image: Path, cases: str, folder: Path) -> list[str]:
        """QEMU parts modules by commas, their arguments by blanks: the image goes by its way from `folder`."""
        return super().command(Path(os.path.relpath(image, folder)), cases, folder)


def machine(program: str, hypervisor: str, cpu: str, cpus: int) -> list[str]:
    """The words that have QEMU boot Xen, without its command line, what it boots, and its serial ports."""
    words = [program, *BOARD, "-accel", TCG.name, "-cpu", cpu, "-smp", str(cpus)]
    return [*words, *qemu.BARE, "-kernel", hypervisor]


def with_dom0(image: str, cmdline: str, arguments: str = "") -> list[str]:
    """The words that have Xen start the guest, with further arguments of Xen's."""
    return ["-initrd", image, "-append", f"{' '.join([DOM0, *arguments.split()])} -- {cmdline}"]


def check_arguments(asked: str) -> None:
    """Raises WrongQuestion where XEN_ARGS=`asked` would be more than arguments of Xen's."""
    if "--" in asked.split() or not ARGUMENTS.fullmatch(asked):
        words = "expected words of Xen's command line without --, up to 400 letters, digits, blanks and .,:=+/@_-"
        raise WrongQuestion(f"XEN_ARGS={printable(asked[:LONGEST_QUOTED])}: {words}")


def probe(target: Target) -> XenPlatform | Unusable:
    """Starts Xen without a dom0, and asks it who it is."""
    path = find_xen(target.xen)
    if path is None:
        return Unusable.detached(NAME, "no Xen is here: run 'make deps-xen', or say XEN=path", lacking=True)
    in_lab = cache.find("qemu", cache.NEWEST)
    program = qemu.find_qemu(target.qemu or (cache.NEWEST if in_lab else ""))
    hypervisor = unpack_into_build(path)
    hardware = replace(target.hardware, machine=MACHINE, firmware="", cpu=target.hardware.cpu or CPU)
    words = machine(program, str(hypervisor), hardware.cpu, hardware.cpus)
    version, why_not = version_of([*words, "-append", ON_COM2], target.deadlines)
    if not version:
        return Unusable.detached(NAME, f"{path}: does not come up: {why_not}")
    shown = " ".join(["Xen", version, *target.xen_args.split()])
    emulator = qemu_version(Path(program))[0]
    return XenPlatform(
        name=NAME,
        program=program,
        description=f"{shown}, on {qemu_name(Path(program))}, -cpu {hardware.cpu}",
        facts={
            **qemu.facts_of(NAME, emulator, hardware),
            "xen": version,
            "xen_args": target.xen_args or NO_ARGUMENTS,
        },
        versions={"xen": version, "qemu": emulator, "cpu_model": hardware.cpu},
        reservations=[f"its CPU is emulated by QEMU {emulator}"],
        no_debugger="the harness drives no debugger in Xen",
        pace=5.0,
        slower=SLOWER,
        elsewhere={"QEMU": program, "XEN": str(hypervisor)},
        longest=LONGEST,
        words=[
            *words,
            *with_dom0("{image}", "{cmdline}", target.xen_args),
            *("-serial", "file:{serial}"),
            *("-serial", f"file:{{folder}}/{CONSOLE}"),
        ],
        cannot={}
        if cache.numbers(emulator) >= SINCE
        else {STALE_BREAKPOINTS: "the emulated SVM mixes up vCPUs' breakpoints"},
        good=[STATUS_DONE],
        reset=[0],
        cpu=functools.cache(lambda: qemu.probe(TCG, replace(target, qemu=program, hardware=hardware))),
    )
