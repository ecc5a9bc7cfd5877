# SPDX-License-Identifier: BSD-2-Clause
"""Kernels for hosts: the image, and what it says of itself."""

from pathlib import Path

from harness.system import files
from harness.system.errors import WrongQuestion

# Documentation/arch/x86/boot.rst: the magic number, and where the version's text is, less 0x200.
MAGIC = slice(0x202, 0x206)
VERSION = slice(0x20E, 0x210)


def release(image: Path) -> str:
    """The release that a bzImage says it is: 6.12.107+deb13-amd64."""
    with files.opened(image) as file:
        data = file.read(0x10000)
    if data[MAGIC] != b"HdrS":
        raise WrongQuestion(f"{image}: is no bzImage")
    place = int.from_bytes(data[VERSION], "little") + 0x200
    return data[place:].split(b"\0")[0].decode("ascii", "replace").partition(" ")[0]
