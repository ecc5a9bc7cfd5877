# SPDX-License-Identifier: BSD-2-Clause
"""One boot of debug.flat on a platform: the lines that it writes, and where it comes to."""

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from harness.media import iso
from harness.platform import Platform
from harness.platform.bochs import BochsPlatform
from harness.platform.qemu import QEMU
from harness.system import process, signals
from harness.system.limits import FIRMWARE, SILENCE, Deadlines
from harness.system.printable import printable
from harness.system.intake import Intake
from harness.vm.bochs import POLL, Bochs
from harness.vm.by_file import GrowingFile
from harness.witness.debug_flat import command
from harness.witness.for_bochs import for_bochs

# Begins the line that it ends with.
SUMMARY = "SUMMARY: "

LONGEST = 120.0  # seconds, before the timeout multiplier, for what takes a few

# What its start asks QEMU's firmware for, and Bochs' knows nothing of: one processor, the memory, no test device.
ENVIRONMENT = "NR_CPUS=1\nMEMSIZE={memory}\nTEST_DEVICE=0\n"
ISO, MENU = "guest.iso", "multiboot /boot/debug.flat\nmodule /boot/environment\nboot\n"


@dataclass(frozen=True)
class Heard:
    """Its lines; why no more came, where it did not come to its end."""

    lines: list[str]
    cut: str = ""


def obstacle(platform: Platform) -> str:
    """Why debug.flat is not booted on a platform; empty if it is."""
    return "" if isinstance(platform, (QEMU, BochsPlatform)) else "debug.flat is booted by QEMU and by Bochs alone"


def hear(platform: Platform, program: Path, deadlines: Deadlines) -> Heard:
    """Boots it, and ends it when it has said all, is silent for too long, or goes on for too long."""
    if isinstance(platform, BochsPlatform):
        return _in_bochs(platform, program, deadlines)
    return listen(command(platform, program), Deadlines(deadlines.multiplier * platform.slower))


def listen(words: list[str], deadlines: Deadlines) -> Heard:
    """The same for a QEMU's command line."""
    child = process.start(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    intake = Intake()

    def read() -> None:
        for data in process.output(child):
            for line in intake.take(data)[1]:
                said.put(line)
            if intake.cut:
                break
        for line in intake.last():
            said.put(line)
        said.put(None)

    def lines() -> Iterator[list[bytes]]:
        while True:
            try:
                line = said.get(timeout=POLL)
            except queue.Empty:
                yield []
                continue
            if line is None:
                return
            yield [line]

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        return _heard(lines(), deadlines, lambda: intake.cut or f"QEMU {process.describe_exit(child.wait())}")
    finally:
        process.stop(child)
        thread.join()
        child.stdout.close()


def _in_bochs(platform: BochsPlatform, program: Path, deadlines: Deadlines) -> Heard:
    configuration = replace(platform.configuration, cpus=1, any_msr=True)
    files = {
        "grub/grub.cfg": MENU.encode("ascii"),
        "debug.flat": for_bochs(program),
        "environment": ENVIRONMENT.format(memory=configuration.memory_mib).encode("ascii"),
    }
    with process.PrivateDirectory() as private:
        iso.make(private.path / ISO, files, f"{iso.MODULES} {iso.BIOS_MODULES}", deadlines)
        configuration.write(private.path, ISO)
        serial = GrowingFile(private.path / "serial.log")

        def lines() -> Iterator[list[bytes]]:
            ended = False
            while not (ended or serial.cut):
                ended = bochs.wait(POLL)
                yield serial.lines(last=ended)

        try:
            with Bochs(configuration, private.path) as bochs:
                return _heard(lines(), deadlines, lambda: serial.cut or bochs.last_words)
        finally:
            serial.close()


def _heard(said: Iterator[list[bytes]], deadlines: Deadlines, last_words: Callable[[], str]) -> Heard:
    """What is said, as it comes: some lines or none at a time, until whoever says them ends, with these last words."""
    lines: list[str] = []
    begun = heard = time.monotonic()
    for some in said:
        signals.check_asked()
        new = [printable(line.decode("utf-8", "replace").rstrip()) for line in some]
        lines += new
        if any(line.startswith(SUMMARY) for line in new):
            return Heard(lines)
        now = time.monotonic()
        heard = now if some else heard
        silence = deadlines(SILENCE if lines else FIRMWARE)
        if now - heard > silence:
            return Heard(lines, f"no line for {silence:g} s")
        if now - begun > deadlines(LONGEST):
            return Heard(lines, f"not through after {deadlines(LONGEST):g} s")
    return Heard(lines, last_words())
