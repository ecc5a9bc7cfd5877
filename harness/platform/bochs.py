# SPDX-License-Identifier: BSD-2-Clause
"""Bochs, an emulator that shares no code with QEMU: the guest boots from a GRUB ISO."""

import os
import shlex
from dataclasses import dataclass

from harness.lab.programs import lab_program
from harness.media import iso
from harness.platform.base import DETACHED, Platform, Unusable
from harness.platform.target import Target
from harness.vm import bochs_probe
from harness.vm.bochs import Configuration
from harness.vm.bochs_boot import Boot
from harness.vm.bochs_probe import BochsError, NoBochs
from harness.vm.outcome import Outcome
from harness.vm.script import default_of, write_script

NAME = "bochs"
ISO = "guest.iso"


@dataclass(kw_only=True)
class BochsPlatform(Platform):
    """One Bochs."""

    configuration: Configuration

    def boot(self, image, cases, folder, deadlines, debugging=None, on_case=lambda case: None) -> Outcome:
        iso.make_iso(folder / ISO, [image], deadlines, default=image.stem, timeout="0", cases=cases)
        self.configuration.write(folder, ISO)
        return Boot(self.configuration, folder, deadlines, on_case).run()

    def write_command(self, folder, image, cases, debugging) -> None:
        options = shlex.join(self.configuration.command()[1:])
        lines = [
            "# Boots this VM again; when it has ended, the guest's log goes to the terminal.",
            'cd "$(dirname "$0")" || exit',
            default_of("BOCHS", self.program),
            "logs=$(mktemp -d)",
            """trap 'cat "$logs/serial.log"; rm -r "$logs"' EXIT""",
            # script(1) gives it the terminal that it wants.
            f"""TERM=linux script -q -c "'$bochs' {options} 'com1: enabled=1, mode=file, dev=$logs/serial.log' \\""",
            """    'log: $logs/bochs.log'" /dev/null </dev/null >/dev/null""",
        ]
        write_script(folder / "command", lines)


def find_bochs(asked: str) -> str:
    """BOCHS=`asked`, or the path of that one of the lab's which it means. Raises WrongQuestion if it is not there."""
    if not os.path.exists(asked) and (found := lab_program("bochs", asked)):
        return str(found)
    bochs_probe.find_bochs(asked)
    return asked


def probe(target: Target) -> BochsPlatform | Unusable:
    """Asks Bochs who it is and starts it as the guest will be, without a CD."""
    hardware = target.hardware
    try:
        configuration = bochs_probe.find(find_bochs(target.bochs), hardware.cpu, hardware.cpus, target.deadlines)
    except BochsError as error:
        return Unusable.detached(NAME, str(error), isinstance(error, NoBochs))
    if reason := iso.obstacle():
        return Unusable.detached(NAME, reason, lacking=True)
    version, model = configuration.version, configuration.model
    return BochsPlatform(
        name=NAME,
        program=configuration.program,
        description=f"Bochs {version}, cpu model={model}",
        facts={"accel": NAME, "bochs": version, "cpu": model, "cpus": str(hardware.cpus)},
        versions={"bochs": version, "cpu_model": model},
        debuggers=DETACHED,
        no_debugger="the harness drives no debugger in Bochs",
        pace=5.0,
        configuration=configuration,
    )
