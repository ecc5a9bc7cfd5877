# SPDX-License-Identifier: BSD-2-Clause
"""Xens: what XEN= means, a file of one's own or one of the lab's by its version."""

import hashlib
import os
import re
from pathlib import Path

from harness.lab import cache, fetch, unpack
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.places import BUILD

LARGEST = 64 << 20  # bytes
ELF = b"\x7fELF"


def find_xen(asked: str) -> Path | None:
    """The file that XEN=`asked` names, or the lab's Xen of that version, the newest for none; None if the lab has none.

    Raises WrongQuestion where there is nothing that was asked for.
    """
    if asked and os.path.exists(asked):  # Path.exists() raises for a name that is too long
        return Path(asked).resolve()
    if asked and asked != cache.NEWEST and not re.fullmatch(r"\d+(\.\d+)*", asked):
        raise WrongQuestion(f"XEN={asked}: there is no such file")
    item = cache.find("xen", asked or cache.NEWEST)
    if item is None and asked:
        raise WrongQuestion(f"XEN={asked}: it is not here: {fetch.advice('xen', asked)}")
    return item.path / fetch.XEN if item else None


def unpack_into_build(path: Path) -> Path:
    """Xen as a multiboot loader takes it, in a file of its own, which what boots it again finds as well.

    Raises WrongQuestion where the path leads to none.
    """
    data = _unpacked(path)
    place = BUILD / "xen" / hashlib.sha256(data).hexdigest()[:16]
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        whole = place.with_name(f"{place.name}.{os.getpid()}")
        whole.write_bytes(data)
        whole.replace(place)
    return place


def _unpacked(path: Path) -> bytes:
    try:
        data = unpack.first(files.read_bytes(path, LARGEST))
    except unpack.UnpackError as error:
        raise WrongQuestion(f"XEN={path}: cannot be unpacked: {error}") from None
    if not data.startswith(ELF):
        raise WrongQuestion(f"XEN={path}: is neither xen.gz nor what is in it")
    return data
