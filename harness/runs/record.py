# SPDX-License-Identifier: BSD-2-Clause
"""What every run leaves in build/runs/: the images, and a folder for each VM (docs/runs.md)."""

import functools
import hashlib
import json
import os
import platform as host
import shutil
import threading
from pathlib import Path
from typing import Any

from harness.catalogue.image import Image
from harness.catalogue.log import Ending
from harness.judging.result import Result
from harness.platform import Platform, Unusable
from harness.runs.folders import make_folder
from harness.system import process
from harness.system.errors import WrongQuestion
from harness.system.faults import about
from harness.system.printable import printable
from harness.system.whole import whole, write_whole

VERSION_DEADLINE = 20.0  # seconds for a gdb to say which it is; one that does not has none


class Record:
    """A folder of this command's below `runs`; made when the first VM starts."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._counts: dict[str, int] = {}

    @property
    def path(self) -> Path:
        with self._lock:
            if self._path is None:
                self._path = make_folder(self._runs)
            return self._path

    def vm_folder(self, platform: str, debugger: str, image: str) -> Path:
        """A new folder for one boot, PLATFORM-DEBUGGER-IMAGE with a number."""
        name = f"{platform}-{debugger}-{image}".replace(":", "-")  # which Windows, and CIs' archives, do not take
        with self._lock:
            number = self._counts[name] = self._counts.get(name, 0) + 1
        path = self.path / f"{name}-{number}"
        path.mkdir()
        return path

    def keep_image(self, image: Image) -> Path:
        """This command's own copy of the image, so that a later build does not change what it shows."""
        copy = self.path / image.path.name
        with self._lock:  # a file that a QEMU reads cannot be replaced on Windows
            if not copy.exists():
                with whole(copy) as beside:
                    shutil.copyfile(image.path, beside)
        return copy


def write_platform(folder: Path, platform: Platform, image: Path, gdb: str | None) -> None:
    """platform.json: the versions of everything that took part."""
    table = {
        "platform": platform.name,
        "description": platform.description,
        "program": platform.program,
        **platform.versions,
        "facts": platform.facts,
        "reservations": platform.reservations,
        "remarks": platform.remarks,
        "gdb": _version(gdb) if gdb else "",
        "host": host_facts(),
        "python": host.python_version(),
        "image": {"name": image.name, "sha256": hashlib.sha256(image.read_bytes()).hexdigest()},
    }
    write_json(folder / "platform.json", table)


def add_to_platform(folder: Path, key: str, value: Any) -> None:
    """Adds to platform.json what only the run has shown."""
    path = folder / "platform.json"
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | {key: value})


def write_unusable(folder: Path, platform: Unusable) -> None:
    """platform.json of one that no VM could be had on."""
    table = {"platform": platform.name, "description": f"unusable: {platform.reason}", "host": host_facts()}
    write_json(folder / "platform.json", table)


def host_facts() -> dict[str, str]:
    """What this machine is, for platform.json."""
    return {"system": host.system(), "release": host.release(), "machine": host.machine(), "cpu": process.cpu_name()}


def write_verdicts(folder: Path, results: list[Result]) -> None:
    """verdict.json: the results, with their logs where somebody will want to see them.

    Their `run` is the folder within its run, for it may be sent, or lie elsewhere later.
    """
    here = {"run": folder.name}
    write_json(folder / "verdict.json", [result.as_json() | here | result.logs_as_json() for result in results])


def write_ending(folder: Path, ending: Ending) -> None:
    """Adds to the guest's log how its machine ended, on lines of their own."""
    path = folder / "serial.log"
    with about(path), path.open("ab+") as file:
        torn = file.seek(0, os.SEEK_END) and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
        lines = [printable(line.replace("\n", " ")) for line in ending.lines()]
        file.write(b"\n" * bool(torn) + "\n".join([*lines, ""]).encode("ascii", "backslashreplace"))


def gdb_version(folder: Path) -> str:
    """What platform.json in a VM's folder says of the gdb that took part; empty for none."""
    return str(json.loads((folder / "platform.json").read_text(encoding="utf-8"))["gdb"])


def json_text(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


def write_json(path: Path, value: Any) -> None:
    with whole(path) as beside, beside.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.write("\n")


def write_text(path: Path, text: str) -> None:
    """A file that somebody asked for, whole or not at all. Raises WrongQuestion where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise WrongQuestion(f"{printable(str(path))}: cannot be written: {error.strerror}") from None


@functools.lru_cache
def _version(program: str) -> str:
    return process.first_line([program, "--version"], VERSION_DEADLINE)
