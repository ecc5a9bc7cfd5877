# SPDX-License-Identifier: BSD-2-Clause
"""ELF files, which may be anything: what pyelftools makes of one that is broken is one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elftools.elf.elffile import ELFFile

from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.printable import printable


@contextmanager
def opened(path: Path) -> Iterator[ELFFile]:
    """The ELF file at a path. Raises WrongQuestion for whatever cannot be read of it meanwhile."""
    with files.opened(path) as file:
        try:
            yield ELFFile(file)
        except WrongQuestion:
            raise
        except Exception:  # pyelftools raises whatever its parts happen to raise
            raise WrongQuestion(f"{printable(str(path))}: is no ELF file that can be read") from None
