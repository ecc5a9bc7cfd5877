# SPDX-License-Identifier: BSD-2-Clause
"""A kernel that is unpacked here, not in the emulator, which takes minutes: with all it starts from, in one flat image.

A multiboot loader starts it (agent/enter.asm). Linux: Documentation/arch/x86/boot.rst and zero-page.rst.
"""

import struct
from io import BytesIO
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from harness.lab import unpack
from harness.system.errors import WrongQuestion

# Places in memory, and as far as from BASE on, in the image.
BASE = 0x400000
ENTRY, PARAMETERS, LINE, TABLES, INITRAMFS = 0xFF8, 0x1000, 0x2000, 0x3000, 0x9000

# Of struct boot_params; the header is part of the bzImage too.
E820_ENTRIES, HEADER, E820_TABLE = 0x1E8, 0x1F1, 0x2D0
TYPE_OF_LOADER, RAMDISK, LINE_POINTER = 0x210, 0x218, 0x228
OTHER_LOADER = 0xFF
RAM, RESERVED = 1, 2

# Below 1 MiB, and at the end of the memory, is what the firmware has for itself.
LOW_END, HIGH_START, FIRMWARE = 0x9F000, 0x100000, 0x10000

PRESENT_WRITABLE, LARGE = 0b11, 1 << 7
DIRECTORIES = 4


def image(kernel: Path, initramfs: bytes, line: str, stub: bytes, memory: int) -> bytes:
    """The image of a bzImage, for a machine with so many bytes of memory; `stub` is agent/enter.asm's."""
    packed = kernel.read_bytes()
    segments, entry = _unpacked(kernel, packed)
    first = min(address for address, _ in segments)
    if first < BASE + INITRAMFS + len(initramfs):
        raise WrongQuestion(f"{kernel}: it wants to be at {first:#x}, where its initramfs has no room below it")
    found = bytearray(max(address + len(data) for address, data in segments) - BASE)

    def put(at: int, data: bytes) -> None:
        found[at : at + len(data)] = data

    put(0, stub)
    put(ENTRY, struct.pack("<Q", entry))
    put(PARAMETERS, _parameters(packed, len(initramfs), memory))
    put(LINE, line.encode("ascii"))
    put(TABLES, _tables())
    put(INITRAMFS, initramfs)
    for address, data in segments:
        put(address - BASE, data)
    return bytes(found)


def _unpacked(kernel: Path, packed: bytes) -> tuple[list[tuple[int, bytes]], int]:
    """The kernel's segments by their addresses, and its entry."""
    start = ((packed[HEADER] or 4) + 1) * 512
    offset, size = struct.unpack_from("<II", packed, 0x248)
    payload = packed[start + offset : start + offset + size]
    if not payload.startswith(unpack.GZIP):
        payload = payload[:-4]  # the size when unpacked, which is gzip's own last field
    try:
        elf = ELFFile(BytesIO(unpack.first(payload)))
        loaded = [segment for segment in elf.iter_segments() if segment["p_type"] == "PT_LOAD"]
        # What ends in zeros, Linux clears itself.
        segments = [(segment["p_paddr"], segment.data().rstrip(b"\0")) for segment in loaded]
    except (unpack.UnpackError, ELFError) as error:
        raise WrongQuestion(f"{kernel}: cannot be unpacked: {error}") from None
    return segments, elf.header["e_entry"]


def _parameters(packed: bytes, initramfs_size: int, memory: int) -> bytes:
    """struct boot_params."""
    found = bytearray(4096)
    end = 0x202 + packed[0x201]
    found[HEADER:end] = packed[HEADER:end]
    found[TYPE_OF_LOADER] = OTHER_LOADER
    struct.pack_into("<II", found, RAMDISK, BASE + INITRAMFS, initramfs_size)
    struct.pack_into("<I", found, LINE_POINTER, BASE + LINE)
    areas = [(0, LOW_END, RAM), (LOW_END, HIGH_START, RESERVED), (HIGH_START, memory - FIRMWARE, RAM)]
    areas.append((memory - FIRMWARE, memory, RESERVED))
    found[E820_ENTRIES] = len(areas)
    for number, (start, stop, kind) in enumerate(areas):
        struct.pack_into("<QQI", found, E820_TABLE + 20 * number, start, stop - start, kind)
    return bytes(found)


def _tables() -> bytes:
    """Page tables that map the first 4 GiB to themselves."""
    page = 4096
    directories = [BASE + TABLES + page * (2 + number) for number in range(DIRECTORIES)]
    top = struct.pack("<Q", (BASE + TABLES + page) | PRESENT_WRITABLE)
    middle = b"".join(struct.pack("<Q", directory | PRESENT_WRITABLE) for directory in directories)
    low = b"".join(struct.pack("<Q", (n << 21) | PRESENT_WRITABLE | LARGE) for n in range(512 * DIRECTORIES))
    return top.ljust(page, b"\0") + middle.ljust(page, b"\0") + low
