# SPDX-License-Identifier: BSD-2-Clause
"""Bootable ISOs: GRUB for the BIOS and, where it is there, UEFI, and what it boots, as the guest's images."""

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
UEFI_PLATFORMS = (PLATFORM.with_name("x86_64-efi"), PLATFORM.with_name("i386-efi"))
FAT_MAKER = "mformat"  # for the partition that UEFI starts from

# What boot/grub.cfg takes and no more: all of GRUB's modules would make it ten times as large.
MODULES = "iso9660 normal configfile test cpuid boot"
BIOS_MODULES = "biosdisk multiboot"
# On UEFI, grub-mkrescue's own first steps ask for all kinds of partitions.
UEFI_MODULES = (
    "multiboot multiboot2 echo part_acorn part_amiga part_bsd part_dfly part_dvh part_plan part_sun part_sunpc"
)

DEADLINE = 60.0  # seconds, before the timeout multiplier


def obstacle() -> str:
    """Why no ISO can be made here; empty if one can."""
    missing = [] if _maker() else [MAKERS[0]]
    missing += [] if shutil.which("xorriso") else ["xorriso"]
    missing += [] if PLATFORM.is_dir() else [f"GRUB's {PLATFORM}"]
    return f"an ISO takes {' and '.join(missing)}: run 'make deps-bochs'" if missing else ""


def uefi_obstacle() -> str:
    """Why no ISO for UEFI can be made here, where one for the BIOS can; empty if one can."""
    missing = [] if any(platform.is_dir() for platform in UEFI_PLATFORMS) else [f"GRUB's {UEFI_PLATFORMS[0]}"]
    missing += [] if shutil.which(FAT_MAKER) else ["mtools"]
    return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed" if missing else ""


def _maker() -> str | None:
    return next(filter(None, map(shutil.which, MAKERS)), None)


def make_iso(path: Path, images: list[Path], multiplier: float, uefi: bool = False, **choice: str) -> None:
    """Makes the ISO `path`, with the guest's images and their menu, for the BIOS, and with `uefi` for UEFI too.

    `choice` sets variables of the menu: `default` (an image's name), `timeout` (seconds), `cases` (patterns),
    `screen` (`vga`: the log is to be shown there).
    Raises WrongQuestion, with the reason, where it cannot be made.
    """
    files = {"grub/grub.cfg": (ROOT / "boot" / "grub.cfg").read_bytes()}
    files |= {image.name: image.read_bytes() for image in images}
    if choice:
        files["choice.cfg"] = "".join(f"set {name}='{value}'\n" for name, value in choice.items()).encode("ascii")
    make(path, files, f"{MODULES} {UEFI_MODULES if uefi else BIOS_MODULES}", multiplier, uefi)


def make(path: Path, files: dict[str, bytes], modules: str, multiplier: float, uefi: bool = False) -> None:
    """Makes the ISO `path`, whole or not at all, with GRUB, these of its modules, and these files below /boot.

    Raises WrongQuestion, with the reason, where it cannot be made.
    """
    if reason := obstacle():
        raise WrongQuestion(reason)
    with tempfile.TemporaryDirectory(dir=process.private_root()) as directory:
        tree = Path(directory) / "tree"
        (tree / "boot" / "grub").mkdir(parents=True)
        for name, data in files.items():
            (tree / "boot" / name).write_bytes(data)
        made = Path(directory) / "iso"
        # Without -d, it takes all of GRUB's platforms that are installed.
        platforms = [] if uefi else ["-d", str(PLATFORM)]
        status, output = process.run(
            [_maker(), *platforms, "-o", str(made), f"--install-modules={modules}"]
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
