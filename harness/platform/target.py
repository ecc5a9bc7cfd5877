# SPDX-License-Identifier: BSD-2-Clause
"""What the platforms are found by: which hypervisors, where, with which programs, as what machine."""

from dataclasses import dataclass

from harness.system.limits import Deadlines


@dataclass(frozen=True)
class Hardware:
    """The virtual machine: QEMU's `machine`, its `firmware`, the `cpu` model ("" for each the platform's own), CPUs."""

    machine: str
    firmware: str
    cpu: str
    cpus: int


@dataclass(frozen=True)
class Target:
    """ACCEL, ENGINE, PLATFORM, HOST, with commas; programs, "" for the default; the machine; deadlines of probes."""

    accel: str
    engine: str
    platform: str
    host: str
    qemu: str
    bochs: str
    v86: str
    xen: str
    xen_args: str
    kernel: str
    modules: str
    hardware: Hardware
    deadlines: Deadlines
