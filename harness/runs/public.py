# SPDX-License-Identifier: BSD-2-Clause
"""Runs as they may be sent: the folders of their VMs, with their images and without private words.

Nothing else goes along: no link, no folder within a VM's, nothing that lies beside it.
"""

import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

from harness.runs.private_words import private_words, replacing
from harness.runs.read import VMFolder
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.places import shown
from harness.system.printable import printable
from harness.vm.script import portable

# What a name ends in that is to be an archive.
ARCHIVE = ".tar.gz"

# The same of archives that are not made here.
OTHER_ARCHIVES = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tbz2", ".tgz", ".txz", ".xz", ".zip", ".zst")

# What was made without private words, and is nothing but its bytes.
AS_THEY_ARE = (".elf", ".iso")

LARGEST = 64 << 20  # bytes: no file that a run writes is as long

COMMAND = "command"


def check_target(target: Path, knob: str = "--public ") -> Path:
    """Where a copy goes, whose name was given after `knob`. Raises WrongQuestion where none can go there."""
    asked = f"{knob}{printable(str(target))}"
    if not target.name.endswith(ARCHIVE) and target.name.lower().endswith(OTHER_ARCHIVES):
        raise WrongQuestion(f"{asked}: an archive's name ends in {ARCHIVE}: name it so")
    if os.path.lexists(target) and (not target.is_dir() or any(target.iterdir())):
        raise WrongQuestion(f"{asked}: is there already: name one that is not")
    target = Path(os.path.abspath(target))
    if target == Path.cwd():
        raise WrongQuestion(f"{asked}: is where you are, and is to be replaced: name another folder")
    return target


def publish(kept: list[VMFolder], target: Path, knob: str = "--public ") -> list[str]:
    """Writes these VMs' folders, below a folder for each run, into a new folder or an archive, whole or not at all.

    Returns what there is to say. Raises WrongQuestion where it cannot.
    """
    asked = f"{knob}{printable(str(target))}"
    target = check_target(target, knob)
    whole = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        try:
            whole.mkdir(parents=True)
            left_out = _copy_all(kept, whole)
            if target.name.endswith(ARCHIVE):
                packed = whole.with_name(f"{whole.name}{ARCHIVE}")
                try:
                    pack(whole, packed, target.name.removesuffix(ARCHIVE))
                    packed.replace(target)
                finally:
                    packed.unlink(missing_ok=True)
            else:
                if target.is_dir():
                    target.rmdir()
                whole.replace(target)
        finally:
            shutil.rmtree(whole, ignore_errors=True)
    except OSError as error:
        raise WrongQuestion(f"{asked}: cannot be written: {error.strerror}") from None
    return [f"to send: {shown(target)}: read it before, as others will", *left_out]


def _copy_all(kept: list[VMFolder], target: Path) -> list[str]:
    """What was left out, each in a line."""
    left_out: list[str] = []
    runs: dict[Path, Path] = {}
    for vm in kept:
        run = vm.folder.resolve().parent
        program = vm.platform.get("program")
        replace = replacing(private_words(run, [program] if isinstance(program, str) else []))
        if run not in runs:
            runs[run] = _new_folder(target / _public(run.name, replace))
        copy = _new_folder(runs[run] / _public(vm.folder.resolve().name, replace))
        left_out += _copy_vm(vm, copy, replace)
        image = vm.platform.get("image")
        name = image.get("name") if isinstance(image, dict) else None
        if isinstance(name, str) and name == os.path.basename(name) and name.endswith(".elf"):
            left_out += _copy(run / name, runs[run] / name, lambda data: data)
    return left_out


def _copy_vm(vm: VMFolder, target: Path, replace: Callable[[bytes], bytes]) -> list[str]:
    def public_command(data: bytes) -> bytes:
        text = data.decode("utf-8", "surrogateescape")
        return replace(portable(text, str(vm.platform.get("description", ""))).encode("utf-8", "surrogateescape"))

    left_out = []
    for path in sorted(vm.folder.iterdir()):
        as_it_is = path.suffix in AS_THEY_ARE
        change = public_command if path.name == COMMAND else (lambda data: data) if as_it_is else replace
        left_out += _copy(path, target / _public(path.name, replace), change)
    return left_out


def _copy(path: Path, target: Path, change: Callable[[bytes], bytes]) -> list[str]:
    """Copies what may go; a line for what may not. What is there already, as a run's image is, stays."""
    if not os.path.lexists(path) or target.exists():
        return []
    name = shown(path)
    if path.is_symlink() or not path.is_file():
        return [f"left out: {name}: is no file"]
    if path.stat().st_size > LARGEST:
        return [f"left out: {name}: has more than {LARGEST >> 20} MiB"]
    target.write_bytes(change(files.read_bytes(path, LARGEST)))
    target.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
    return []


def _public(name: str, replace: Callable[[bytes], bytes]) -> str:
    return os.fsdecode(replace(os.fsencode(name)))


def _new_folder(path: Path) -> Path:
    """A folder of this name, with a number where there is one."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    free.mkdir()
    return free


def make_public(directory: Path, words: dict[str, str]) -> None:
    """Replaces these words in all text files."""
    replace = replacing(words)
    for path in directory.rglob("*"):
        if path.is_file() and path.suffix not in AS_THEY_ARE:
            path.write_bytes(replace(files.read_bytes(path, LARGEST)))


def pack(directory: Path, archive: Path, name: str) -> None:
    """Packs a folder under another name; nobody is its owner."""
    with tarfile.open(archive, "w:gz") as file:
        file.add(directory, name, filter=_of_nobody)


def _of_nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
