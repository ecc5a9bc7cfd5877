# SPDX-License-Identifier: BSD-2-Clause
"""What HOST=, KERNEL= and MODULES= mean: the parts of an emulated host, found."""

import os
from pathlib import Path

from harness.lab import cache, fetch
from harness.lab.amd import AMDMachine
from harness.lab.host import Machine
from harness.lab.intel import IntelMachine
from harness.lab.kernel import release
from harness.media import iso
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.system.places import BUILD
from harness.vm import bochs_probe

AMD, INTEL = CPUS = ("amd", "intel")
AGENT = BUILD / "agent"
STUB = BUILD / "enter.bin"


def machine(host: str, kernel: str, modules: str, asked_bochs: str, deadlines: Deadlines) -> tuple[str, Machine]:
    """The host that HOST=CPU:KERNEL means, or HOST=CPU with KERNEL=bzImage and MODULES=directory; and its name.

    `asked_bochs` is BOCHS=, for an Intel CPU.
    """
    cpu, _, version = host.partition(":")
    if cpu not in CPUS:
        raise WrongQuestion(f"HOST={host}: choose from local, {', '.join(f'{name}:KERNEL' for name in CPUS)}")
    if bool(version) == bool(kernel):
        raise WrongQuestion(f"HOST={host}: say either HOST={cpu}:VERSION, of lab list, or HOST={cpu} KERNEL=bzImage")
    if kernel:
        image = Path(os.path.abspath(kernel))
        directory = Path(os.path.abspath(modules)) if modules else None
        if directory and not os.path.isdir(directory):
            raise WrongQuestion(f"MODULES={modules}: there is no such directory")
        name = f"{cpu}:{release(image)}"
    else:
        item = cache.find("linux", version)
        if item is None:
            raise WrongQuestion(f"HOST={host}: this kernel is not here: {fetch.advice('linux', version)}")
        image, directory = item.path / "vmlinuz", item.path / "modules"
        name = f"{cpu}:{'.'.join(map(str, cache.numbers(item.version)[:2]))}"
    for path in (AGENT, STUB):
        if not path.exists():
            raise WrongQuestion(f"{path} is not there: build it with 'make'")
    if cpu == INTEL:
        return name, _intel(host, image, directory, asked_bochs, deadlines)
    emulator = cache.find("qemu", cache.NEWEST)
    if emulator is None:
        raise WrongQuestion(f"HOST={host}: no QEMU to emulate it with is here: {fetch.advice('qemu', cache.NEWEST)}")
    return name, AMDMachine(image, directory, AGENT, emulator.path / fetch.PROGRAM)


def _intel(host: str, image: Path, directory: Path | None, asked: str, deadlines: Deadlines) -> IntelMachine:
    try:
        found = bochs_probe.find(asked, bochs_probe.CPU, 1, deadlines)
    except bochs_probe.BochsError as error:
        raise WrongQuestion(f"HOST={host}: no Bochs to emulate it with is here: {error}") from None
    if reason := iso.obstacle():
        raise WrongQuestion(f"HOST={host}: {reason}")
    return IntelMachine(image, directory, AGENT, found, STUB)
