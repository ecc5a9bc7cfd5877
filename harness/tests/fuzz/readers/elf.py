# SPDX-License-Identifier: BSD-2-Clause
"""ELF files: as an image of this guest, of which everything is asked, and as the program of `symbolize`."""

from pathlib import Path

from hypothesis import strategies

from harness.catalogue.code import code_of
from harness.catalogue.elf import opened
from harness.catalogue.image import nearest_symbol, read_image
from harness.debugger.command_file import command_file
from harness.symbolize.program import Program
from harness.system.places import BUILD
from harness.tests.fuzz.reader import Reader

IMAGES = ("guest32", "guest64")
WHOLE = {name: (BUILD / f"{name}.elf").read_bytes() for name in IMAGES} | {"agent": (BUILD / "agent").read_bytes()}
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 63, (1 << 64) - 1)


def tables(data: bytes) -> list[int]:
    """Where the headers are, of which each byte means something."""
    wide = data[4] == 2
    sections = int.from_bytes(data[40:48] if wide else data[32:36], "little")
    return [*range(64), *range(sections, len(data))]


TABLES = {name: tables(data) for name, data in WHOLE.items()}


# What becomes of a file: a place, how many bytes there are others, and what number they are.
Change = tuple[int, int, int]


@strategies.composite
def files(draw) -> tuple[str, tuple[Change, ...], int]:
    """A name, changes of the file of that name, and where it ends; most are in headers, as others seldom matter."""
    name = draw(strategies.sampled_from(sorted(WHOLE)))
    size = len(WHOLE[name])
    by_header = strategies.sampled_from(TABLES[name])
    change = strategies.tuples(
        strategies.one_of(by_header, by_header, strategies.integers(0, size - 1)),
        strategies.sampled_from((1, 2, 4, 8)),
        strategies.one_of(strategies.sampled_from(NUMBERS), strategies.integers(0, (1 << 64) - 1)),
    )
    changes = draw(strategies.lists(change, max_size=3))
    return name, tuple(changes), draw(strategies.one_of(strategies.just(size), strategies.integers(0, size)))


def read(value: tuple[str, tuple[Change, ...], int], folder: Path) -> None:
    name, changes, size = value
    data = bytearray(WHOLE[name])
    for place, width, number in changes:
        data[place : place + width] = (number & (1 << 8 * width) - 1).to_bytes(width, "little")
    path = folder / f"{name}.elf"  # in a folder of its own each time, as what is read of an image is kept by its path
    path.write_bytes(data[:size])
    Program(path)
    nearest_symbol(path, 0x100000)
    if name not in IMAGES:
        return
    image = read_image(path)
    for case in image.cases[:3]:
        code_of(image, case)
    image.place(0, image.symbol("bodies_start") + 5, 0)
    command_file("step", image)


def without(name: bytes) -> tuple[str, tuple[Change, ...], int]:
    """An image with a symbol that is called something else."""
    data = WHOLE["guest32"]
    return "guest32", ((data.index(name + b"\0"), 1, ord("X")),), len(data)


def elsewhere(name: str) -> tuple[str, tuple[Change, ...], int]:
    """An image with a symbol at address 0."""
    path = BUILD / "guest32.elf"
    with opened(path) as file:
        table = file.get_section_by_name(".symtab")
        number = [symbol.name for symbol in table.iter_symbols()].index(name)
        value = table["sh_offset"] + number * table["sh_entsize"] + 4
    return path.stem, ((value, 4, 0),), path.stat().st_size


RENAMED = (b"break_all_32_start", b"break_all_32_end", b"real_stubs", b"marks_start", b"marks_end")
FOUND = (*map(without, RENAMED), *map(elsewhere, ("marks_start", "marks_end", "bodies_start", "BODY_SEGMENT")))
READER = Reader(files(), read, FOUND, few=6)
