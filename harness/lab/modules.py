# SPDX-License-Identifier: BSD-2-Clause
"""A kernel's modules: which ones a host needs, in the order in which they load."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from harness.lab import unpack
from harness.system.errors import WrongQuestion

# What hosts work with, in the order in which it loads. A module that is not there is taken to be built into the
# kernel, or not to exist in this version. kvm_amd looks for the first two by name (symbol_get, or as an
# accelerator's optional part) in some versions.
AMD = ("rng_core", "ccp", "virtio_pci", "virtio_blk", "virtio_console", "kvm_amd")
INTEL = ("kvm_intel",)

SUFFIXES = (".ko", ".ko.xz", ".ko.gz", ".ko.zst")


def read(path: Path) -> bytes:
    """The module, unpacked."""
    try:
        return unpack.first(path.read_bytes())
    except (unpack.UnpackError, OSError) as error:
        raise WrongQuestion(f"{path}: cannot be read: {error}") from None


def depends(module: bytes) -> list[str]:
    """The modules that this one's .modinfo says have to be loaded before it."""
    section = ELFFile(BytesIO(module)).get_section_by_name(".modinfo")
    for entry in section.data().split(b"\0") if section else []:
        key, _, value = entry.partition(b"=")
        if key == b"depends":
            return [plain(name) for name in value.decode("ascii").split(",") if name]
    return []


def plain(name: str) -> str:
    """A module's name as the kernel spells it."""
    return name.replace("-", "_")


def collect(directory: Path, wanted: Iterable[str]) -> dict[str, bytes]:
    """Those of the modules below `directory` that are wanted, by name, each after those that it depends on."""
    places = {}
    for path in sorted(directory.rglob("*.ko*")):
        name, dot, rest = path.name.partition(".")
        if dot + rest in SUFFIXES:
            places.setdefault(plain(name), path)
    found: dict[str, bytes] = {}

    def add(name: str) -> None:
        if name in found or name not in places:
            return
        try:
            data = read(places[name])
            needs = depends(data)
        except ELFError:
            raise WrongQuestion(f"{places[name]}: is no kernel module") from None
        for other in needs:
            add(other)
        found[name] = data

    for name in wanted:
        add(name)
    return found
