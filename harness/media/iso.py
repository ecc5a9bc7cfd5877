# SPDX-License-Identifier: BSD-2-Clause
"""Bootable ISOs: GRUB for the BIOS and, where it is there, UEFI; and what it boots, as the guest's images."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from harness.system import process
from harness.system.errors import WrongQuestion
from harness.system.last_words import telling_line
from harness.system.limits import Deadlines
from harness.system.places import ROOT
from harness.system.whole import whole

# Fedora's has the other name.
MAKERS = ("grub-mkrescue", "grub2-mkrescue")
PLATFORM = Path("/usr/lib/grub/i386-pc")
UEFI_PLATFORMS = (PLATFORM.with_name("x86_64-efi"), PLATFORM.with_name("i386-efi"))
BIOS_ALONE = ["-d", str(PLATFORM)]  # else grub-mkrescue takes all platforms that are installed
FAT_MAKER = "mformat"  # for the partition that UEFI starts from

# What boot/grub.cfg takes and no more: all of GRUB's modules would make it ten times as large.
MODULES = "iso9660 normal configfile test cpuid boot"
BIOS_MODULES = "biosdisk multiboot"
# On UEFI, grub-mkrescue's own first steps ask for all kinds of partitions.
UEFI_MODULES = (
    "multiboot multiboot2 echo part_acorn part_amiga part_bsd part_dfly part_dvh part_plan part_sun part_sunpc"
)

EPOCH = "SOURCE_DATE_EPOCH"  # reproducible-builds.org's; xorriso knows it too

DEADLINE = 60.0  # seconds, before the timeout multiplier


def obstacle() -> str:
    """Why no ISO can be made here; empty if one can."""
    missing = [] if maker() else [MAKERS[0]]
    missing += [] if shutil.which("xorriso") else ["xorriso"]
    missing += [] if PLATFORM.is_dir() else [f"GRUB's {PLATFORM}"]
    return f"an ISO takes {' and '.join(missing)}: run 'make deps-bochs'" if missing else ""


def uefi_obstacle() -> str:
    """Why no ISO for UEFI can be made here, where one for the BIOS can; empty if one can."""
    missing = [] if any(platform.is_dir() for platform in UEFI_PLATFORMS) else [f"GRUB's {UEFI_PLATFORMS[0]}"]
    missing += [] if shutil.which(FAT_MAKER) else ["mtools"]
    return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed" if missing else ""


def maker() -> str | None:
    """GRUB's program that makes ISOs."""
    return next(filter(None, map(shutil.which, MAKERS)), None)


def make_iso(
    path: Path, images: list[Path], deadlines: Deadlines, *, uefi: bool = False, epoch: int | None = None, **choice: str
) -> None:
    """Makes the ISO `path`, with the guest's images and their menu, for the BIOS, and with `uefi` for UEFI too.

    `choice` sets variables of the menu: `default` (an image's name), `timeout` (seconds), `cases` (patterns),
    `screen` (`vga`: the log is to be shown there). With `epoch`, that is the time of everything on it, in seconds, and
    the same files make the same ISO.
    Raises WrongQuestion, with the reason, where it cannot be made.
    """
    files = {"grub/grub.cfg": (ROOT / "boot" / "grub.cfg").read_bytes()}
    files |= {image.name: image.read_bytes() for image in images}
    if choice:
        files["choice.cfg"] = "".join(f"set {name}='{value}'\n" for name, value in choice.items()).encode("ascii")
    modules = f"{MODULES} {UEFI_MODULES if uefi else BIOS_MODULES}"
    make(path, files, modules, deadlines, [] if uefi else BIOS_ALONE, epoch)


def _dates(epoch: int | None) -> list[str]:
    """What follows for xorriso, of which grub-mkrescue has set the identity by the clock."""
    if epoch is None:
        return []
    when = time.strftime("%Y%m%d%H%M%S00", time.gmtime(epoch))
    return ["--", "-volume_date", "uuid", when, "-volume_date", "all_file_dates", when]


def make(
    path: Path,
    files: dict[str, bytes],
    modules: str,
    deadlines: Deadlines,
    platforms: list[str] = BIOS_ALONE,
    epoch: int | None = None,
) -> None:
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
        status, output = process.run(
            [maker(), *platforms, "-o", str(made), f"--install-modules={modules}"]
            + ["--locales=", "--fonts=", "--themes=", str(tree), *_dates(epoch)],
            deadlines(DEADLINE),
            env={name: value for name, value in os.environ.items() if name != EPOCH} | {"TMPDIR": directory},
        )
        if status != 0 or not made.is_file():
            raise WrongQuestion(f"{path} cannot be made: {telling_line(output.splitlines())}")
        try:
            with whole(path) as beside:
                shutil.copyfile(made, beside)
        except OSError as error:
            raise WrongQuestion(f"{path} cannot be written: {error.strerror}") from None
