# SPDX-License-Identifier: BSD-2-Clause
"""Verbs that make something of the guest's images: a bootable ISO, an archive, addresses for gdb."""

from rich.text import Text

from harness.catalogue.image import modes_of, read_images, select
from harness.debugger.command_file import variables
from harness.media.dist import SUMS, make_dist
from harness.media.iso import make_iso, uefi_obstacle
from harness.report import terminal
from harness.settings import Settings
from harness.system.places import BUILD


def iso(settings: Settings) -> int:
    """Makes the ISO with both images, set to run the cases that CASE and MODE ask for."""
    images = read_images()
    choice = {"screen": "vga"}
    if settings.case or settings.mode:
        chosen = select(images, settings.case, settings.mode)
        choice["cases"] = ",".join(case for image in chosen for case in image.cases)
    path = BUILD / "trapline.iso"
    no_uefi = uefi_obstacle()
    make_iso(path, [image.path for image in images], settings.deadlines, uefi=not no_uefi, **choice)
    firmware = f"BIOS (not for UEFI: {no_uefi})" if no_uefi else "BIOS and UEFI"
    terminal.make_console().print(Text(f"{path}: {path.stat().st_size / 1e6:.1f} MB, for {firmware}"))
    return 0


def dist(settings: Settings) -> int:
    """Packs what running takes where there is no compiler."""
    path = make_dist(settings.deadlines)
    console = terminal.make_console()
    console.print(Text(f"{path}: {path.stat().st_size / 1e6:.1f} MB"))
    console.print(Text(f"{path.with_name(SUMS)}: its checksum"))
    return 0


def write_addresses() -> int:
    """Writes build/MODE.gdb, from which harness/debugger/commands/by_hand.gdb has its addresses, for each mode."""
    for image in read_images():
        for mode in modes_of(image.name):
            path = BUILD / f"{mode}.gdb"
            path.write_text("\n".join([*variables(image), ""]), encoding="utf-8")
            terminal.make_console().print(Text(str(path)))
    return 0
