# SPDX-License-Identifier: BSD-2-Clause
"""What befalls the QEMUs of a run that is under way. Linux alone: by /proc, and prlimit."""

import glob
import os
import resource
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from harness.system import process
from harness.system.limits import BOUND
from harness.system.process import IF_NO_ORPHAN
from harness.tests.soak.draw import Fault

PROC = Path("/proc")
LEAST_LEFT = 1 << 16  # bytes of memory that a QEMU may still take
PIECE = b"noise\n" * 2048


def qemus_of(run: int | str) -> list[int]:
    """The QEMUs of a process, or of all (*), that boot a guest; not those that are asked what they can."""
    found = []
    for path in glob.glob(f"{PROC}/{run}/task/*/children"):  # Path.glob() raises for a folder that is gone
        try:
            for child in map(int, Path(path).read_text().split()):
                words = (PROC / str(child) / "cmdline").read_bytes().split(b"\0")
                # What has yet to start it is not QEMU.
                if any(word.endswith(b".elf") for word in words) and IF_NO_ORPHAN[-1].encode() not in words:
                    found.append(child)
        except OSError:  # it has just ended
            continue
    return sorted(found)


def strike(fault: Fault, qemu: int) -> bool:
    """Does it to a QEMU; whether that was there for it."""
    try:
        match fault.kind:
            case "kill":
                os.kill(qemu, signal.SIGKILL)
            case "stop":
                os.kill(qemu, signal.SIGSTOP)
            case "pause":
                os.kill(qemu, signal.SIGSTOP)
                time.sleep(fault.seconds)
                os.kill(qemu, signal.SIGCONT)
            case "memory":
                pages = int((PROC / str(qemu) / "statm").read_text().split()[0])
                most = pages * resource.getpagesize() + LEAST_LEFT
                resource.prlimit(qemu, resource.RLIMIT_AS, (most, most))
            case "flood":
                return _say(qemu, BOUND.size + len(PIECE))
            case "noise":
                return _say(qemu, len(PIECE))
    except (OSError, ValueError, IndexError):
        return False
    return True


def _say(qemu: int, size: int) -> bool:
    """Writes so much to where a QEMU's own words go, or until nobody reads it any more; whether anything."""
    said = 0
    with (PROC / str(qemu) / "fd" / "2").open("wb", buffering=0) as file:
        try:
            while said < size:
                said += file.write(PIECE)
        except OSError:
            pass
    return said > 0


@contextmanager
def load(wanted: bool):
    """A busy process for each processor, where that is wanted."""
    command = [sys.executable, "-c", "while True: pass"]
    busy = [process.start(command) for _ in range(os.cpu_count() or 1)] if wanted else []
    try:
        yield
    finally:
        for child in busy:
            process.stop(child)
