# SPDX-License-Identifier: BSD-2-Clause
"""A bootable ISO: GRUB for the BIOS, the guest's images, and the menu of boot/grub.cfg."""

import os
import shutil
import tempfile
from pathlib import Path

from harness import process
from harness.errors import WrongQuestion
from harness.output import telling_line
from harness.settings import ROOT

# Fedora's has the other name.
MAKERS = ("grub-mkrescue", "grub2-mkrescue")
PLATFORM = Path("/usr/lib/grub/i386-pc")

# What boot/grub.cfg takes and no more: all of GRUB's modules would make it ten times as large.
MODULES = "biosdisk iso9660 normal configfile test cpuid multiboot boot"

DEADLINE = 60.0  # seconds, before the timeout multiplier


def obstacle() -> str:
    """Why no ISO can be made here; empty if one can."""
    missing = [] if _maker() else [MAKERS[0]]
    missing += [] if shutil.which("xorriso") else ["xorriso"]
    missing += [] if PLATFORM.is_dir() else [f"GRUB's {PLATFORM}"]
    return f"an ISO takes {' and '.join(missing)}: run 'make deps-bochs'" if missing else ""


def _maker() -> str | None:
    return next(filter(None, map(shutil.which, MAKERS)), None)


def make_iso(path: Path, images: list[Path], multiplier: float, **choice: str) -> None:
    """Makes the ISO `path`, whole or not at all.

    `choice` sets variables of the menu: `default` (an image's name), `timeout` (seconds), `cases` (patterns),
    `screen` (`vga`: the log is to be shown there).
    Raises WrongQuestion, with the reason, where it cannot be made.
    """
    if reason := obstacle():
        raise WrongQuestion(reason)
    with tempfile.TemporaryDirectory(dir=process.private_root()) as directory:
        tree = Path(directory) / "tree"
        (tree / "boot" / "grub").mkdir(parents=True)
        shutil.copyfile(ROOT / "boot" / "grub.cfg", tree / "boot" / "grub" / "grub.cfg")
        for image in images:
            shutil.copyfile(image, tree / "boot" / image.name)
        if choice:
            lines = [f"set {name}='{value}'\n" for name, value in choice.items()]
            (tree / "boot" / "choice.cfg").write_text("".join(lines), encoding="ascii")
        made = Path(directory) / "iso"
        status, output = process.run(
            [_maker(), "-d", str(PLATFORM), "-o", str(made), f"--install-modules={MODULES}"]
            + ["--locales=", "--fonts=", "--themes=", str(tree)],
            DEADLINE * multiplier,
            env=os.environ | {"TMPDIR": directory},
        )
        if status != 0 or not made.is_file():
            raise WrongQuestion(f"{path} cannot be made: {telling_line(output.splitlines())}")
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            shutil.copyfile(made, partial)
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise WrongQuestion(f"{path} cannot be written: {error.strerror}") from None
