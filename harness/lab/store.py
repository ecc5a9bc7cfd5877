# SPDX-License-Identifier: BSD-2-Clause
"""A QEMU as a host gets it: all its files in one, which is the host's second drive, and where each goes."""

import stat
from dataclasses import dataclass
from pathlib import Path

from harness.lab import libraries
from harness.lab.fetch import X86
from harness.lab.in_host import FIRMWARE, LIBRARIES, PROGRAM, Part
from harness.system import process
from harness.system.errors import WrongQuestion

# The host reads what is in front before it knows of any file: tables of partitions.
START = 1 << 20
ALIGNMENT = 4096

# All drives have this size, for the host's kernel learns it when it boots; most of it is a hole.
SIZE = 1 << 30

DEADLINE = 20.0


@dataclass(frozen=True)
class Store:
    """The file that is a drive, what is in it, and a text that is another one where that is."""

    path: Path
    parts: list[Part]
    identity: str


def files_of(program: Path) -> dict[str, Path]:
    """The files that this QEMU takes, by their paths in the host.

    One of the lab's has them beside it; any other has its system's libraries, and its own firmware.
    """
    beside = program.resolve().parent
    inner = beside / "bin" / program.name
    if inner.exists() and (beside / "item.json").exists():
        found = {PROGRAM: inner}
        found |= {f"{LIBRARIES}/{path.name}": path for path in sorted((beside / "lib").iterdir())}
        found |= {f"{FIRMWARE}/{path.name}": path for path in sorted((beside / "share").iterdir())}
        found[libraries.interpreter(inner)] = beside / "lib" / libraries.LOADER
        return found
    found = {PROGRAM: program}
    if loader := libraries.interpreter(program):
        found[loader] = Path(loader)
        for name, path in libraries.needed(program, Path(loader), []).items():
            found[f"{LIBRARIES}/{name}"] = path
    for directory in _firmware_directories(program):
        for path in sorted(directory.iterdir()) if directory.is_dir() else []:
            if X86.fullmatch(path.name):
                found.setdefault(f"{FIRMWARE}/{path.name}", path)
    return found


def _firmware_directories(program: Path) -> list[Path]:
    _, output = process.run([str(program), "-L", "help"], DEADLINE)
    return [Path(line) for line in output.splitlines() if line.startswith("/")]


def write(files: dict[str, Path], target: Path) -> Store:
    """Writes the store with these files."""
    parts = []
    sources = []
    offset = START
    try:
        with target.open("wb") as store:
            store.truncate(SIZE)
            for path, source in files.items():
                data = source.read_bytes()
                status = source.stat()
                mode = stat.S_IMODE(status.st_mode) | 0o444
                sources.append((path, str(source.resolve()), status.st_size, status.st_mtime_ns))
                store.seek(offset)
                store.write(data)
                parts.append(Part(path, mode, offset, len(data)))
                offset += len(data) + -len(data) % ALIGNMENT
    except OSError as error:
        raise WrongQuestion(f"{error.filename or target}: {error.strerror}") from None
    if offset > SIZE:
        raise WrongQuestion(f"{files[PROGRAM]}: with its libraries it has {offset >> 20} MiB, too much for a host")
    return Store(target, parts, repr(sources))
