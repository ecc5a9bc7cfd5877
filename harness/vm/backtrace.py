# SPDX-License-Identifier: BSD-2-Clause
"""The call chain of a hypervisor that died, from its core, as far as gdb can give one."""

import re
import subprocess
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from harness.debugger.gdb import GDB_OPTIONS, find_gdb
from harness.system import process
from harness.system.whole import write_whole

DEADLINE = 60.0  # seconds; a core with symbols of a whole distribution takes a while
ALL = "All threads:"


def allow_core(child: subprocess.Popen) -> None:
    """Lets a child that has just been started leave a core, where the system writes these into its directory."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    try:
        resource.prlimit(child.pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (AttributeError, OSError, ValueError):  # not Linux, or not allowed, or dead already
        return


def take_backtrace(directory: Path, target: Path) -> None:
    """Writes what gdb makes of a core in `directory` to `target`; nothing where there is no core, or no gdb.

    The thread that died comes first, and all of them after the line ALL.
    """
    cores = [path for path in directory.glob("core*") if path.is_file()]
    gdb = find_gdb()
    if not cores or not gdb:
        return
    program = _program(cores[0])
    commands = [
        "set width 0",
        "set debuginfod enabled off",
        "backtrace",
        f"echo \\n{ALL}\\n",
        "thread apply all backtrace",
    ]
    words = [word for command in commands for word in ("-ex", command)]
    status, output = process.run([gdb, *GDB_OPTIONS, *words, *program, "-c", str(cores[0])], DEADLINE)
    if status is not None:
        write_whole(target, output, encoding="utf-8")


def _program(core: Path) -> list[str]:
    """The program's path, from the list of mapped files in the core (NT_FILE: elf(5)); empty for none."""
    try:
        with core.open("rb") as file:
            for segment in ELFFile(file).iter_segments("PT_NOTE"):
                for note in segment.iter_notes():
                    if note["n_type"] == "NT_FILE":
                        return [name.decode() for name in note["n_desc"]["filename"]][:1]
    except (ELFError, OSError, UnicodeDecodeError):
        pass
    return []


def of_dead_thread(text: str) -> str:
    """The frames of the thread that died, from what take_backtrace() wrote."""
    frames = re.findall(r"^#\d+ .*$", text.partition(ALL)[0], re.MULTILINE)
    first = max(
        (index for index, frame in enumerate(frames) if frame.startswith("#0 ")), default=0
    )  # gdb greets with it
    return "\n".join(frames[first:])
