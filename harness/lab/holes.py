# SPDX-License-Identifier: BSD-2-Clause
"""Files that are mostly holes, as memories are, copied so that holes stay holes."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

BLOCK = 128 << 10


def copy(source: Path, length: int, target: BinaryIO, place: int) -> None:
    """Copies so many bytes of the source, or what it has, to this place in the target."""
    with source.open("rb") as reader:
        for at in range(0, length, BLOCK):
            if _next_data(reader.fileno(), at) < at + BLOCK:
                target.seek(place + at)
                target.write(os.pread(reader.fileno(), BLOCK, at))


def _next_data(descriptor: int, at: int) -> int:
    """Where data begin, from there on, in a file that may have holes."""
    try:
        return os.lseek(descriptor, at, os.SEEK_DATA)
    except OSError:  # there are none
        return sys.maxsize
