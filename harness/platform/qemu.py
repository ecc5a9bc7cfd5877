# SPDX-License-Identifier: BSD-2-Clause
"""What all of QEMU's accelerators share: its command line, and what a QEMU that was asked says of it."""

import os
import platform
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.specifiers import SpecifierSet

from harness.debugger.gdb import Debugging
from harness.lab.fetch import qemu_version
from harness.lab.programs import lab_program
from harness.platform.accelerator import Accelerator
from harness.platform.base import Platform, Unusable
from harness.platform.engines import DEFAULT, ENGINES, Engine, kept_in, recording
from harness.platform.target import Hardware, Target
from harness.platform.tcg import TCG
from harness.system import process
from harness.system.errors import WrongQuestion
from harness.system.places import has_make
from harness.vm import qemu_again
from harness.vm.console import FOR_GUEST
from harness.vm.outcome import Outcome
from harness.vm.qemu import VM
from harness.vm.qemu_probe import identify
from harness.vm.qmp import QMPError
from harness.vm.script import default_of

MEMORY_MIB = 64
# Nothing but what the guest needs, and a way to leave.
BARE = [
    *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
    *("-device", "isa-debug-exit,iobase=0xf4,iosize=4"),
]
# What installs it where `make deps` is not at hand.
INSTALLERS = {"Windows": "winget install SoftwareFreedomConservancy.QEMU", "Darwin": "brew install qemu"}
DEFAULT_FIRMWARE = {"microvm": "qboot", "q35": "seabios", "pc": "seabios"}


@dataclass(kw_only=True)
class QEMU(Platform):
    """One accelerator with one QEMU; `console` are its options for what takes the guest's log, if that is not COM1.

    Deadlines are `slower` times as long.
    """

    options: list[str]
    console: tuple[str, ...] = ()
    slower: float = 1.0

    def command(self, image: Path, cases: str, console: bool = True) -> list[str]:
        """QEMU's command line for this image, without QMP, gdbstub, and the chardev `serial` that takes the log.

        Without the `console` the log leaves by COM1 in any case.
        """
        options, words = (self.console, FOR_GUEST) if console and self.console else ((), "")
        return [self.program, *self.options, *options, "-kernel", str(image), "-append", f"{words}cases={cases}"]

    def boot(self, image, cases, folder, deadlines, debugging=None, on_case=lambda case: None) -> Outcome:
        def boot_by(command: list[str], debugging: Debugging | None, on_case: Callable[[str], None]) -> Outcome:
            return VM(
                command,
                folder,
                deadlines,
                debugging,
                on_case,
                self.backtraces,
                image=image if self.facts["accel"] == TCG.name else None,
                follow=process.POSIX and not process.is_foreign(self.program),
            ).run()

        command = self.command(image, cases)
        records = recording(command)
        if not records:
            return boot_by(command, debugging, on_case)
        with process.PrivateDirectory(self.program) as private:  # a recording that fails is the outcome
            recorded = boot_by(kept_in(private.path, records), None, lambda case: None)
            return recorded if recorded.ending else boot_by(kept_in(private.path, command), debugging, on_case)

    def launcher(self) -> list[str]:
        """The words that start QEMU, without its options."""
        return [self.program]

    def invocation(self) -> tuple[list[str], str]:
        """For a shell script: lines that it begins with, and the words that start QEMU, without its options."""
        wine = f"{shlex.join(process.WINE)} " if process.is_foreign(self.program) else ""
        return [default_of("QEMU", self.program)], f'{wine}"$qemu"'

    def write_command(self, folder, image, cases, debugging) -> None:
        start, program = self.invocation()
        options = self.command(image, cases, console=False)[1:]
        again = f"{program} {shlex.join(options)}"
        if records := recording(options):
            start = [*start, f"{program} {qemu_again.here(shlex.join(records), image)} -serial null"]
        qemu_again.write_command(folder, image, start, again, debugging, process.is_foreign(self.program))
        if not process.POSIX:
            qemu_again.write_command_cmd(folder, image, self.command(image, cases), debugging)


def find_qemu(asked: str) -> str:
    """The absolute path of QEMU=..., which may be one of the lab's, or of the one on the PATH."""
    if not os.path.exists(asked) and (found := lab_program("qemu", asked)):
        return str(found)
    if process.is_foreign(asked) and os.path.isfile(asked):  # nobody made it executable here
        return os.path.abspath(asked)
    found = process.find_program(asked or "qemu-system-x86_64")
    if found is None and asked:
        raise WrongQuestion(f"QEMU={asked}: there is no such program")
    if found is None:
        raise WrongQuestion(f"qemu-system-x86_64 is not on the PATH: run '{_installer()}', or say QEMU=path")
    return os.path.abspath(found)


def _installer() -> str:
    system = platform.system()
    return "make deps" if has_make() and system != "Windows" else INSTALLERS.get(system, "make deps")


def machine_options(machine: str, firmware: str) -> list[str]:
    """-machine and -bios for MACHINE=`machine` and FIRMWARE=`firmware`."""
    kind = machine.partition(",")[0]
    if kind not in DEFAULT_FIRMWARE:
        raise WrongQuestion(f"MACHINE={machine}: choose from {', '.join(DEFAULT_FIRMWARE)}")
    firmware = firmware or DEFAULT_FIRMWARE[kind]
    if firmware not in ("qboot", "seabios"):
        raise WrongQuestion(f"FIRMWARE={firmware}: choose from qboot, seabios")
    if kind == "microvm":
        # Without ACPI it is qboot that microvm starts by itself, with ACPI SeaBIOS.
        return ["-machine", f"{machine},acpi={'off' if firmware == 'qboot' else 'on'}"]
    return ["-machine", machine] + (["-bios", "qboot.rom"] if firmware == "qboot" else [])


def options(accel: str, hardware: Hardware) -> list[str]:
    """QEMU's options for everything but the image and what watches it; without a CPU model, QEMU's default."""
    return [
        *machine_options(hardware.machine, hardware.firmware),
        *("-accel", accel),
        *(("-cpu", hardware.cpu) if hardware.cpu else ()),
        *("-smp", str(hardware.cpus)),
        *("-m", str(MEMORY_MIB)),
        *BARE,
    ]


def facts_of(accel: str, version: str, hardware: Hardware) -> dict[str, str]:
    """What known bugs can depend on, whichever the accelerator is that QEMU's hardware is for."""
    machine = hardware.machine.partition(",")[0]
    return {"accel": accel, "qemu": version, "machine": machine, "cpu": hardware.cpu, "cpus": str(hardware.cpus)}


def probe(accelerator: Accelerator, target: Target, engine: str = DEFAULT) -> QEMU | Unusable:
    """Starts QEMU with this accelerator, as the guest will be, asks who it is, and ends it. `engine` is of TCG's."""
    qemu = find_qemu(target.qemu)
    foreign = process.is_foreign(qemu)
    name = "+".join([accelerator.name, *(["wine"] if foreign else []), *([engine] if engine != DEFAULT else [])])
    if reason := accelerator.obstacle() or (_wine_obstacle() if foreign else ""):
        return Unusable(name=name, reason=reason, lacking=True)
    cpus = ENGINES[engine].cpus or target.hardware.cpus
    hardware = replace(target.hardware, machine=target.hardware.machine or accelerator.machine, cpus=cpus)
    machine = hardware.machine.partition(",")[0]
    accel, further = _with_properties(accelerator, ENGINES[engine], qemu)
    shown = "" if engine == DEFAULT else f", {shlex.join(['-accel', accel, *further])}"
    remarks: list[str] = []
    failures: list[str] = []
    for cpu in [hardware.cpu] if hardware.cpu else accelerator.cpus:
        chosen = options(accel, replace(hardware, cpu=cpu or "")) + further
        try:
            identity = identify(qemu, recording(chosen) or chosen, target.deadlines)
        except QMPError as error:
            failures.append(f"with -cpu {cpu}: {error}" if cpu else str(error))
            if accelerator.meaning(str(error)):
                break
            continue
        if failures:
            remarks.append(f"runs on QEMU's default CPU model: {'; '.join(failures)}")
        if identity["accel"] not in ("", accelerator.name):
            return Unusable(name=name, reason=f"QEMU fell back to {identity['accel']}")
        package = f" ({identity['package']})" if identity["package"] else ""
        words = "Windows QEMU under Wine," if foreign else "QEMU"
        return QEMU(
            name=name,
            program=qemu,
            description=f"{words} {identity['version']}{package}, -cpu {cpu or 'default'}{shown}",
            options=chosen,
            facts={
                **facts_of(accelerator.name, identity["version"], replace(hardware, cpu=cpu or "default")),
                "engine": engine,
                **accelerator.facts(),
            },
            versions={"qemu": identity["version"], "qemu_package": identity["package"], "cpu_model": cpu or "default"},
            reservations=accelerator.reservations(),
            remarks=remarks,
            debuggers=ENGINES[engine].debuggers,
            no_debugger=ENGINES[engine].no_debugger,
            console=identity["console"] if machine == "microvm" and process.POSIX and not foreign else (),
        )
    words = accelerator.meaning(failures[-1])
    return Unusable(name=name, reason=f"{words}: {failures[-1]}" if words else "; ".join(failures))


def _wine_obstacle() -> str:
    wine = process.WINE[-1]
    return "" if shutil.which(wine) else f"this QEMU is a program for Windows, and {wine} is not on the PATH"


def _with_properties(accelerator: Accelerator, engine: Engine, qemu: str) -> tuple[str, list[str]]:
    """The accelerator as -accel takes it, with what this version of QEMU needs to be told, and further options."""
    if not accelerator.properties and engine == ENGINES[DEFAULT]:
        return accelerator.name, []
    return with_properties(accelerator, engine, qemu_version(Path(qemu))[0])


def with_properties(accelerator: Accelerator, engine: Engine, version: str) -> tuple[str, list[str]]:
    """The same of a version of QEMU that is known."""
    own = [text for versions, text in accelerator.properties.items() if version in SpecifierSet(versions)]
    properties, further = engine.chosen(version)
    return ",".join([accelerator.name, *own, *properties]), further
