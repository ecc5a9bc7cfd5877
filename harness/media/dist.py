# SPDX-License-Identifier: BSD-2-Clause
"""The verb dist: all that running takes where there is no compiler, in one archive, the same whoever makes it.

The same bits come of the same commit with the same compiler, assembler, GRUB and zlib, in whatever directory.
"""

import hashlib
import os
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.media import iso
from harness.media.sbom import sbom
from harness.media.version import ask_git, find_epoch, find_version
from harness.system import process
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.system.places import BUILD, CONTENTS, ROOT
from harness.system.whole import whole

ISO = "build/trapline.iso"

# Ready-made, by their places in the archive; what holds debug information is made for it alone (Makefile).
MADE = {f"build/guest{width}.elf": BUILD / f"guest{width}.elf" for width in (32, 64)}
MADE |= {f"build/guest{width}.debug.elf": BUILD / "dist" / f"guest{width}.debug.elf" for width in (32, 64)}
MADE |= {f"build/{name}": BUILD / name for name in ("agent", "enter.bin")}
EXECUTABLE = "build/agent"
LAUNCHERS = "dist/"  # what lies there lies at the archive's top

SUMS = "SHA256SUMS"
NEEDS = ["Python", "QEMU", "gdb", "rich", "pyelftools", "packaging", "Jinja2", "pytest"]
DEADLINE = 60.0


def make_dist(deadlines: Deadlines) -> Path:
    """Makes build/trapline-VERSION.zip, and SHA256SUMS beside it; the archive's path.

    Raises WrongQuestion, with the reason, where it cannot.
    """
    if (ROOT / CONTENTS).exists():
        raise WrongQuestion("dist: it is made in a checkout, and this was unpacked from what another one made")
    version, epoch = find_version(), find_epoch()
    files, executable = _sources()
    files |= {place: _read(path) for place, path in MADE.items()}
    files[ISO] = _iso(epoch, deadlines)
    grub = _first_line([iso.maker(), "--version"])
    files[CONTENTS] = sbom(version, epoch, files, ISO, grub, _tools(), NEEDS)
    files[SUMS] = sums(files).encode("utf-8")
    archive = BUILD / f"trapline-{version}.zip"
    pack(archive, f"trapline-{version}", files, {*executable, EXECUTABLE}, epoch)
    with _whole(BUILD / SUMS) as path:
        path.write_text(sums({archive.name: _read(archive)}), encoding="utf-8", newline="\n")
    return archive


def sums(files: dict[str, bytes]) -> str:
    """What sha256sum -c takes."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items()))


def _sources() -> tuple[dict[str, bytes], set[str]]:
    """What git has, as it is in the checkout, by its place in the archive; and which of it can be executed."""
    files, executable = {}, set()
    for entry in filter(None, ask_git("ls-files", "--stage", "-z").split("\0")):
        facts, _, path = entry.partition("\t")
        place = path.removeprefix(LAUNCHERS)
        data = _read(ROOT / path)
        files[place] = data.replace(b"\n", b"\r\n") if place.endswith((".cmd", ".ps1")) else data
        if facts.startswith("100755"):
            executable.add(place)
    return files, executable


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongQuestion(f"{path}: {error.strerror}: 'make dist' makes all that it packs") from None


def _iso(epoch: int, deadlines: Deadlines) -> bytes:
    """For the BIOS, whatever is installed: the partition that UEFI starts from has another serial number each time."""
    with tempfile.TemporaryDirectory(dir=process.private_root()) as directory:
        path = Path(directory) / "trapline.iso"
        images = [MADE[f"build/guest{width}.elf"] for width in (32, 64)]
        iso.make_iso(path, images, deadlines, epoch=epoch, screen="vga")
        return path.read_bytes()


def _tools() -> dict[str, str]:
    """What built the images and the ISO, with what each says of its version."""
    prefix = os.environ.get("CROSS_COMPILE", "")
    commands = {"gcc": f"{prefix}gcc", "binutils": f"{prefix}ld", "nasm": "nasm", "xorriso": "xorriso"}
    return {name: _first_line([command, "--version"]) for name, command in commands.items()}


def _first_line(command: list[str]) -> str:
    try:
        status, output = process.run(command, DEADLINE)
    except OSError as error:
        raise WrongQuestion(f"{command[0]}: {error.strerror}") from None
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if status != 0 or not lines:
        raise WrongQuestion(f"{command[0]}: does not say its version")
    return lines[0]


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file to write, which takes its place when it is whole."""
    try:
        with whole(path) as partial:
            yield partial
    except OSError as error:
        raise WrongQuestion(f"{path}: cannot be written: {error.strerror}") from None


def pack(archive: Path, top: str, files: dict[str, bytes], executable: set[str], epoch: int) -> None:
    """Writes the files below `top` into a ZIP archive, whole or not at all."""
    when = time.gmtime(max(epoch, 315_532_800))[:6]  # which begins with 1980
    with _whole(archive) as partial, zipfile.ZipFile(partial, "w") as target:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{top}/{path}", when)
            entry.create_system = 3  # Unix, which has modes
            entry.external_attr = (0o100755 if path in executable else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, files[path], compresslevel=9)
