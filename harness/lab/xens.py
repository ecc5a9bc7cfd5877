# SPDX-License-Identifier: BSD-2-Clause
"""Xens: what XEN= means, a file of one's own or one of the lab's by its version."""

import re
from pathlib import Path

from harness.lab import cache, fetch, unpack
from harness.system import files
from harness.system.errors import WrongQuestion

LARGEST = 64 << 20  # bytes
ELF = b"\x7fELF"


def find_xen(asked: str) -> Path | None:
    """The file that XEN=`asked` names, or the lab's Xen of that version, the newest for none; None if the lab has none.

    Raises WrongQuestion where there is nothing that was asked for.
    """
    if asked and Path(asked).exists():
        return Path(asked).resolve()
    if asked and asked != cache.NEWEST and not re.fullmatch(r"\d+(\.\d+)*", asked):
        raise WrongQuestion(f"XEN={asked}: there is no such file")
    item = cache.find("xen", asked or cache.NEWEST)
    if item is None and asked:
        raise WrongQuestion(f"XEN={asked}: it is not here: {fetch.advice('xen', asked)}")
    return item.path / fetch.XEN if item else None


def unpacked(path: Path) -> bytes:
    """Xen as a multiboot loader takes it, out of a xen.gz if it is in one. Raises WrongQuestion."""
    try:
        data = unpack.first(files.read_bytes(path, LARGEST))
    except unpack.UnpackError as error:
        raise WrongQuestion(f"XEN={path}: cannot be unpacked: {error}") from None
    if not data.startswith(ELF):
        raise WrongQuestion(f"XEN={path}: is neither xen.gz nor what is in it")
    return data
