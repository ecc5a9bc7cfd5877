# SPDX-License-Identifier: BSD-2-Clause
"""Which Bochs there is, whether it works, and what it can do."""

import os
import re
import shutil
import time
from dataclasses import replace

from harness.system import process
from harness.system.errors import WrongQuestion
from harness.system.last_words import telling_line
from harness.system.limits import Deadlines
from harness.system.printable import printable_text
from harness.system.intake import excess
from harness.vm.bochs import POLL, RESET, Bochs, Configuration

PROBE_DEADLINE = 20.0

# Has all that the guest asks about, and VMX. A Bochs built without AVX does not list it; its last model is its newest.
CPU = "corei7_haswell_4770"

# Displays to try: none at all, and the one that Debian packages.
DISPLAYS = ("nogui", "term")

# Debian's 3.0 and 3.1 have the VGA BIOS without the suffix by which they look for it.
ROMS = ("romimage: file=$BXSHARE/BIOS-bochs-latest", "vgaromimage: file=$BXSHARE/VGABIOS-lgpl-latest")


class BochsError(Exception):
    """There is no Bochs that works; the text says why."""


class NoBochs(BochsError):
    """There is none at all, or none can be here."""


def find_bochs(asked: str) -> str | None:
    """The path of BOCHS=`asked`, or of the one on the PATH; None if there is none there."""
    program = shutil.which(asked or "bochs")
    if program is None and asked:
        raise WrongQuestion(f"BOCHS={asked}: there is no such program")
    return program


def find(asked: str, model: str, cpus: int, deadlines: Deadlines) -> Configuration:
    """BOCHS=`asked`, asked who it is and started once, without a CD. Raises BochsError.

    An empty `asked` is the one on the PATH, an empty `model` the best that it has.
    """
    program = find_bochs(asked)
    if program is None:
        raise NoBochs("bochs is not on the PATH: run 'make deps-bochs', or say BOCHS=path")
    if not process.POSIX:
        raise NoBochs("it wants a terminal of a kind that this system does not have")
    program = os.path.abspath(program)

    def ask(*topic: str) -> str:
        status, words = process.run([program, "--help", *topic], deadlines(PROBE_DEADLINE))
        if status is None:
            raise WrongQuestion(f"BOCHS={asked or program}: asked for --help, it does not come to an end")
        return printable_text(words)

    text = ask("cpu")
    version = re.search(r"Bochs x86 Emulator (\d\S*)", text)
    models = re.findall(r"^\w+$", text.partition("Supported CPU models")[2], re.MULTILINE)
    if version is None or not models:
        words = telling_line(text.splitlines())
        raise WrongQuestion(f"BOCHS={asked or program}: it does not say that it is Bochs: {words}")
    model = model or (CPU if CPU in models else models[-1])
    if model not in models:
        raise BochsError(f"CPU={model}: Bochs has no such model: choose from {', '.join(models)}")
    debugger = "-rc " in ask()
    sound = "sb16" in ask("features").split()
    for display in DISPLAYS:
        configuration = Configuration(program, version.group(1), debugger, sound, display, model, cpus)
        failure = _try_out(configuration, deadlines(PROBE_DEADLINE))
        if "ROM image file" in failure:
            configuration = replace(configuration, roms=ROMS)
            failure = _try_out(configuration, deadlines(PROBE_DEADLINE))
        if "display library" not in failure:
            break
    if failure:
        raise BochsError(f"{failure} (if a part of it is missing, run 'make deps-bochs')")
    return configuration


def _try_out(configuration: Configuration, deadline: float) -> str:
    """Starts Bochs and ends it when it is about to run; returns why that fails, or ""."""
    with process.PrivateDirectory() as private:
        configuration.write(private.path, None)
        until = time.monotonic() + deadline
        with Bochs(configuration, private.path) as bochs:
            while time.monotonic() < until:
                ended = bochs.wait(POLL)
                if any(RESET.encode() in line for line in bochs.log.lines()):
                    return ""
                if ended:
                    return bochs.last_words
                if cut := bochs.log.cut or excess(private.path / "stderr.log"):
                    return f"it says {cut}"
    return f"Bochs did not come up within {deadline:g} s"
