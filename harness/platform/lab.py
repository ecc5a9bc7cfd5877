# SPDX-License-Identifier: BSD-2-Clause
"""KVM in an emulated host: the same QEMU command line as here, run by agent/qemu in a Linux on an emulated CPU."""

import functools
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from harness.judging.result import Verdict
from harness.lab import cache, choose, preconfigured, store
from harness.lab.fetch import qemu_name, qemu_version
from harness.lab.host import Host, HostError, Machine
from harness.lab.hosts import Hosts
from harness.lab.link import IDLE, Link, LinkError
from harness.lab.options import translate
from harness.lab.qemus import name_of_qemu
from harness.lab.states import state_of
from harness.platform import qemu
from harness.platform.base import Platform, Unusable
from harness.platform.kvm import KVM
from harness.platform.lab_cpus import MAKERS
from harness.platform.qemu import QEMU
from harness.platform.script import default_of
from harness.platform.target import Target
from harness.system import process
from harness.system.limits import Deadlines
from harness.system.places import ROOT
from harness.vm.qemu_process import watched
from harness.vm.outcome import Outcome
from harness.vm.qemu import VM

RUNNER = ROOT / "agent" / "qemu"

HOST_ITSELF = "the emulated host itself"


@dataclass(kw_only=True)
class LabKVM(QEMU):
    """KVM in one kernel on an emulated CPU, with one QEMU.

    `host`, `kernel`, `modules` and `bochs` are what the user asked for.
    """

    hosts: Hosts
    fatal: Callable[[str, str], str]
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
        slower = Deadlines(deadlines.multiplier * self.slower)
        host = None
        try:
            host = self.hosts.borrow(self._that_can_wait(debugging is not None))
            (host.directory / IDLE).unlink(missing_ok=True)
            options = self.command(image, cases)[1:]
            command = [sys.executable, str(RUNNER), str(host.directory), *options]
            with host.connect() as link:
                if started := preconfigured.read(host.directory / preconfigured.FILE):
                    started.go_on(Link(link), translate(options))
                link.settimeout(None)
                outcome = VM(command, folder, slower, debugging, on_case, standard_input=link.fileno()).run()
            self._check(host, outcome, folder)
        except (HostError, LinkError) as error:
            outcome = Outcome()
            outcome.end(Verdict.UNUSABLE, str(error))
        finally:
            if host:
                self.hosts.give_back(host, (host.directory / IDLE).exists())
        return outcome

    def _check(self, host: Host, outcome: Outcome, folder: Path) -> None:
        """Notes what the guest did to its host."""
        if not (host.directory / IDLE).exists() and (words := host.death()):
            outcome.ending, outcome.reason = Verdict.CRASH, f"{HOST_ITSELF} is gone: {words}"
        elif outcome.ending is Verdict.HANG and host.stuck():
            outcome.reason = f"{HOST_ITSELF} is stuck: {outcome.reason}"
        else:
            return
        outcome.lost = True
        host.keep_logs(folder)

    def _that_can_wait(self, debugged: bool) -> list[str]:
        """The options that a VM of this platform starts with, but for image and cases; none if QEMU cannot wait."""
        if cache.numbers(self.versions["qemu"]) < preconfigured.SINCE:
            return []
        gdb = process.serving_chardev("gdb") if debugged else ""
        chardevs = [process.connecting_chardev(name) for name in ("serial", "qmp")]
        return [*self.options, *watched(*chardevs, gdb)]

    def refusal(self, case: str, debugger: str) -> str:
        return self.fatal(case, debugger)

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
    if reason := obstacle(state.facts, machine.wanted[-1]):
        return Unusable(name=name, reason=reason)
    hosts = Hosts(machine, state, drive, deadlines)
    return _platform(name, host, machine, hosts, state.facts, program, target)


def _platform(
    name: str,
    host: str,
    machine: Machine,
    hosts: Hosts,
    said: dict[str, list[str]],
    program: Path,
    target: Target,
) -> LabKVM:
    """The platform in a host that has KVM, by what it has `said` of itself."""
    maker = MAKERS[type(machine)]
    version, package = qemu_version(program)
    release, backend = said["release"][0], said.get("backend", [""])[0]
    asked = target.hardware
    hardware = replace(asked, cpu=asked.cpu or KVM.cpus[0], machine=asked.machine or KVM.machine)

    def cpu() -> Platform | Unusable:
        found = maker.alone(machine, target)
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
        debuggers=maker.debuggers,
        no_debugger=maker.no_debugger,
        software_breakpoints=maker.software_breakpoints,
        hosts=hosts,
        fatal=functools.partial(maker.fatal, machine),
        host=host,
        kernel=target.kernel,
        modules=target.modules,
        bochs=shutil.which(target.bochs) or "",
        slower=maker.slower,
        pace=maker.pace,
        cpu=functools.cache(cpu),
    )


def obstacle(facts: dict[str, list[str]], module: str) -> str:
    """Why there is no KVM, of this module, in a host that says this of itself; empty if there is."""
    number = int(facts["kvm"][0])
    if number == 0:
        return ""
    words = f"Linux {facts['release'][0]} has no /dev/kvm on the emulated CPU ({os.strerror(number)})"
    failed = dict(entry.rsplit(":", 1) for entry in facts.get("failed", []))
    error = failed.get(f"/modules/{module}.ko") or failed.get("/modules/kvm.ko")
    if error:
        return f"{words}: its module does not load ({os.strerror(int(error))})"
    return f"{words}: build KVM in, or say MODULES=directory"
