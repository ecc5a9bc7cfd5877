# SPDX-License-Identifier: BSD-2-Clause
"""KVM in an emulated host: the same QEMU command line as here, run by agent/qemu in a Linux on an emulated CPU."""

import functools
import os
import shlex
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from harness.catalogue.debugger_modes import MODES
from harness.lab import cache, choose, preconfigured, store
from harness.lab.amd import AMDMachine
from harness.lab.boot import RUNNER, boot
from harness.lab.fetch import qemu_name, qemu_version
from harness.lab.host import HostError, Machine
from harness.lab.hosts import Hosts
from harness.lab.programs import name_of_qemu
from harness.lab.states import State, state_of
from harness.platform import bochs, qemu
from harness.platform.base import Platform, Unusable
from harness.platform.kvm import KVM
from harness.platform.qemu import QEMU
from harness.platform.target import Target
from harness.platform.tcg import TCG
from harness.system import process
from harness.system.limits import Deadlines
from harness.system.places import ROOT
from harness.vm.outcome import Outcome
from harness.vm.script import default_of


@dataclass(kw_only=True)
class LabKVM(QEMU):
    """KVM in one kernel on an emulated CPU, with one QEMU.

    `hosts` are such as `lent`; `host`, `kernel`, `modules` and `bochs` are what the user asked for.
    """

    hosts: Hosts
    lent: Machine
    host: str
    kernel: str
    modules: str
    bochs: str

    def launcher(self) -> list[str]:
        words = [sys.executable, str(RUNNER), f"--host={self.host}", f"--qemu={self.program}"]
        return [*words, *(f"--{name}={value}" for name, value in self._given().items()), "--"]

    def _given(self) -> dict[str, str]:
        """What the user asked for of the host's parts."""
        parts = {"kernel": self.kernel, "modules": self.modules, "bochs": self.bochs}
        return {name: os.path.abspath(value) for name, value in parts.items() if value}

    def invocation(self) -> tuple[list[str], str]:
        start = [
            default_of("TRAPLINE", str(ROOT)),
            'python=$("$trapline/harness/deps.sh" python) || exit',
            default_of("QEMU", name_of_qemu(self.program)),
        ]
        words = f'"$python" "$trapline/agent/qemu" --host={shlex.quote(self.host)} --qemu="$qemu"'
        for name, value in self._given().items():
            start.append(default_of(name.upper(), value))
            words += f' --{name}="${name}"'
        return start, f"{words} --"

    def boot(self, image, cases, folder, deadlines, debugging=None, on_case=lambda case: None) -> Outcome:
        waits = cache.numbers(self.versions["qemu"]) >= preconfigured.SINCE
        options = self.command(image, cases)[1:]
        slower = Deadlines(deadlines.multiplier * self.slower)
        return boot(self.hosts, options, self.options if waits else [], folder, slower, debugging, on_case)

    def refusal(self, case: str, debugger: str) -> str:
        return self.lent.refusal(case, debugger)

    def close(self) -> None:
        self.hosts.close()


def probe(host: str, target: Target) -> LabKVM | Unusable:
    """Takes what the host says that it has, which is booted for that if no one has done so before."""
    deadlines = target.deadlines
    name, machine = choose.machine(host, target.kernel, target.modules, target.bochs, deadlines)
    name = f"{KVM.name}@{name}"
    program = Path(qemu.find_qemu(target.qemu))
    if not process.UNIX_SOCKETS:
        words = "emulated hosts take UNIX sockets, which this system does not have"
        return Unusable(name=name, reason=words, lacking=True)
    directory = Path(tempfile.mkdtemp(dir=process.private_root()))
    drive = store.write(store.files_of(program), directory / "store")
    try:
        state = state_of(machine, deadlines, lambda text: print(f"trapline: {text}", file=sys.stderr))
    except HostError as error:
        return Unusable(name=name, reason=str(error))
    if reason := state.obstacle(machine.wanted[-1]):
        return Unusable(name=name, reason=reason)
    hosts = Hosts(machine, state, drive, deadlines)
    return _platform(name, host, machine, hosts, state, program, target)


def _platform(
    name: str, host: str, machine: Machine, hosts: Hosts, state: State, program: Path, target: Target
) -> LabKVM:
    """The platform in a host that has KVM."""
    version, package = qemu_version(program)
    release, backend = state.facts["release"][0], state.facts.get("backend", [""])[0]
    asked = target.hardware
    hardware = replace(asked, cpu=asked.cpu or KVM.cpus[0], machine=asked.machine or KVM.machine)

    def cpu() -> Platform | Unusable:
        found = _emulator(machine, target)
        found.name = found.name + name.removeprefix(KVM.name)
        return found

    return LabKVM(
        name=name,
        program=str(program),
        description=f"{qemu_name(program)}, -cpu {hardware.cpu}, on Linux {release}",
        options=qemu.options(KVM.name, hardware),
        facts={
            **qemu.facts_of(KVM.name, version, hardware),
            "kernel": release,
            "backend": backend,
            **machine.facts,
        },
        versions={"qemu": version, "qemu_package": package, "cpu_model": hardware.cpu, "kernel": release},
        reservations=[f"its CPU is emulated by {machine.emulator_name}"],
        debuggers=tuple(mode for mode in MODES if mode != "step"),
        no_debugger=machine.no_stepping,
        software_breakpoints=machine.software_breakpoints,
        hosts=hosts,
        lent=machine,
        host=host,
        kernel=target.kernel,
        modules=target.modules,
        bochs=shutil.which(target.bochs) or "",
        slower=machine.slower,
        pace=machine.pace,
        cpu=functools.cache(cpu),
    )


def _emulator(machine: Machine, target: Target) -> Platform | Unusable:
    """What emulates the host's CPU as a platform, without Linux and KVM: TCG does AMD's, Bochs Intel's."""
    if isinstance(machine, AMDMachine):
        return qemu.probe(TCG, replace(target, qemu=str(machine.emulator), hardware=replace(target.hardware, cpu="")))
    hardware = replace(target.hardware, cpu=machine.bochs.model)
    return bochs.probe(replace(target, bochs=machine.bochs.program, hardware=hardware))
