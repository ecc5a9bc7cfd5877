# SPDX-License-Identifier: BSD-2-Clause
"""Bochs, an emulator that shares no code with QEMU: the guest boots from a GRUB ISO."""

import os
import re
import shlex
import shutil
from dataclasses import dataclass, replace

from harness import iso, process
from harness.bochs import Boot, Configuration, try_out
from harness.errors import WrongQuestion
from harness.outcome import Outcome
from harness.platform.base import Platform, Unusable, default_of, write_script
from harness.settings import Settings

NAME = "bochs"
PROBE_DEADLINE = 20.0
DETACHED = ("detached",)

# Has all that the guest asks about. A Bochs built without AVX does not list it; its last model is its newest.
CPU = "corei7_haswell_4770"

# Displays to try: none at all, and the one that Debian packages.
DISPLAYS = ("nogui", "term")

ISO = "guest.iso"


@dataclass(kw_only=True)
class BochsPlatform(Platform):
    """One Bochs."""

    configuration: Configuration

    def boot(self, image, cases, folder, deadlines, debugging=None, on_case=lambda case: None) -> Outcome:
        iso.make_iso(folder / ISO, [image], deadlines.multiplier, default=image.stem, timeout="0", cases=cases)
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


def find_bochs(asked: str) -> str | None:
    """The absolute path of BOCHS=..., or of the one on the PATH; None if there is none."""
    found = shutil.which(asked or "bochs")
    if found is None and asked:
        raise WrongQuestion(f"BOCHS={asked}: there is no such program")
    return os.path.abspath(found) if found else None


def _help(program: str, settings: Settings, *topic: str) -> str:
    return process.run([program, "--help", *topic], PROBE_DEADLINE * settings.timeout_multiplier)[1]


def probe(settings: Settings) -> BochsPlatform | Unusable:
    """Asks Bochs who it is and starts it as the guest will be, without a CD."""

    def unusable(reason: str) -> Unusable:
        return Unusable(name=NAME, reason=reason, debuggers=DETACHED)

    program = find_bochs(settings.bochs)
    if program is None:
        return unusable("bochs is not on the PATH: run 'make deps-bochs', or say BOCHS=path")
    if not hasattr(os, "openpty"):
        return unusable("it wants a terminal of a kind that this system does not have")
    text = _help(program, settings, "cpu")
    version = re.search(r"Bochs x86 Emulator (\d\S*)", text)
    if version is None:
        raise WrongQuestion(f"BOCHS={settings.bochs or program}: it does not say that it is Bochs")
    if reason := iso.obstacle():
        return unusable(reason)
    models = re.findall(r"^\w+$", text.partition("Supported CPU models")[2], re.MULTILINE)
    model = settings.cpu or (CPU if CPU in models else models[-1])
    if model not in models:
        return unusable(f"CPU={model}: Bochs has no such model: choose from {', '.join(models)}")
    configuration = Configuration(
        program,
        debugger="-rc " in _help(program, settings),
        sound="sb16" in _help(program, settings, "features").split(),
        display="",
        model=model,
        cpus=settings.cpus,
    )
    for display in DISPLAYS:
        configuration = replace(configuration, display=display)
        failure = try_out(configuration, PROBE_DEADLINE * settings.timeout_multiplier)
        if "display library" not in failure:
            break
    if failure:
        return unusable(f"{failure} (if a part of it is missing, run 'make deps-bochs')")
    return BochsPlatform(
        name=NAME,
        program=program,
        description=f"Bochs {version.group(1)}, cpu model={model}",
        facts={"accel": NAME, "bochs": version.group(1), "cpu": model, "cpus": str(settings.cpus)},
        versions={"bochs": version.group(1), "cpu_model": model},
        debuggers=DETACHED,
        no_debugger="the harness drives no debugger in Bochs",
        configuration=configuration,
    )
