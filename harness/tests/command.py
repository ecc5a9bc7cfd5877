# SPDX-License-Identifier: BSD-2-Clause
"""The harness as a command of its own, in the environment of the fixture `private`, and what it leaves behind."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from harness.command_line import answer, end
from harness.system.places import ROOT

DYING = 10  # seconds, of what was killed, on a machine that is busy


def harness(private, *arguments, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "harness", *arguments]
    return subprocess.run(command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120, **options)


def status_of(monkeypatch, *arguments) -> int:
    """The same in this process, for what is refused before anything runs; what it says is printed here."""
    monkeypatch.setattr(sys, "argv", ["harness", *arguments])
    try:
        return answer()
    except Exception as error:
        return end(error)


def hear_interrupts() -> None:
    """For a child that is to be sent SIGINT, before it runs: below a shell's background job that is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def begin(private, command: list[str], **streams) -> subprocess.Popen:
    """Starts a command that is to be sent a signal."""
    return subprocess.Popen(command, cwd=ROOT, env=private, preexec_fn=hear_interrupts, **streams)


def without_progress(errors: str) -> str:
    """Standard error without the lines that say now and then how far a slow command is."""
    return re.sub(r"^\d+ of \d+ done, about .*\n", "", errors, flags=re.MULTILINE)


def left_behind(private) -> list[str]:
    """What is still in the folder for temporary files, and which processes still know of it."""
    directory = private["TMPDIR"]
    return [*map(str, Path(directory).iterdir()), *left_with(f"TMPDIR={directory}")]


def left_with(variable: str) -> list[str]:
    """The processes that were started with this in their environment, NAME=VALUE."""
    left = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if variable.encode() in (process / "environ").read_bytes().split(b"\0"):
                left.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:  # it has ended meanwhile
            continue
    return left


def qemu_that(directory: Path, does: str) -> Path:
    """A QEMU that does this, in words of the shell, before it boots a guest; else it is the system's."""
    wrapper = directory / "qemu"
    wrapper.write_text(
        f"""\
#!/bin/sh
for option
do
    [ "$option" != -kernel ] || {{ {does}; }}
done
exec qemu-system-x86_64 "$@"
"""
    )
    wrapper.chmod(0o755)
    return wrapper


def qemu_for(vms: int, directory: Path) -> Path:
    """A QEMU that boots so many guests, and then none: a run in it does not end before it is stopped."""
    started = directory / "started"
    started.mkdir()
    return qemu_that(directory, f""": >'{started}'/$$; [ "$(ls '{started}' | wc -l)" -le {vms} ] || exec sleep 600""")


def runs(number: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        with open(f"/proc/{number}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def ends(number: int) -> bool:
    until = time.monotonic() + DYING
    while runs(number) and time.monotonic() < until:
        time.sleep(0.01)
    return not runs(number)
