# SPDX-License-Identifier: BSD-2-Clause
"""Images of the guest in which a function does something else."""

from pathlib import Path

from elftools.elf.elffile import ELFFile

from harness.catalogue.image import Image


def broken(image: Image, function: str, code: bytes, directory: Path) -> Path:
    """A copy of the image in which a function begins with this code."""
    content = bytearray(image.path.read_bytes())
    address = image.symbol(function)
    with image.path.open("rb") as file:
        (place,) = [
            address - segment["p_vaddr"] + segment["p_offset"]
            for segment in ELFFile(file).iter_segments("PT_LOAD")
            if segment["p_vaddr"] <= address < segment["p_vaddr"] + segment["p_filesz"]
        ]
    content[place : place + len(code)] = code
    path = directory / image.path.name
    path.write_bytes(content)
    return path
