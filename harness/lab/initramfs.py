# SPDX-License-Identifier: BSD-2-Clause
"""The initramfs that a host boots with: the agent, and the kernel's modules.

Linux: Documentation/driver-api/early-userspace/buffer-format.rst, "newc".
"""

import stat
from collections.abc import Iterable
from pathlib import Path

from harness.lab import modules

DIRECTORY = stat.S_IFDIR | 0o755
PROGRAM = stat.S_IFREG | 0o755
FILE = stat.S_IFREG | 0o644
CONSOLE = stat.S_IFCHR | 0o600
CONSOLE_DEVICE = (5, 1)


def build(agent: bytes, modules_directory: Path | None, wanted: Iterable[str]) -> bytes:
    """The archive with the modules that are wanted; without a directory, the kernel has all that it takes built in."""
    found = modules.collect(modules_directory, wanted) if modules_directory else {}
    entries = [_entry(name, DIRECTORY) for name in ("bin", "dev", "lib", "lib64", "modules", "share")]
    entries += [_entry("dev/console", CONSOLE, device=CONSOLE_DEVICE), _entry("init", PROGRAM, agent)]
    entries += [_entry(f"modules/{name}.ko", FILE, data) for name, data in found.items()]
    order = "".join(f"/modules/{name}.ko\n" for name in found)
    entries += [_entry("modules/order", FILE, order.encode()), _entry("TRAILER!!!", 0)]
    return b"".join(entries)


def _entry(name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> bytes:
    encoded = name.encode() + b"\0"
    # inode, mode, uid, gid, links, mtime, size, device of the file system (2), device (2), size of name, checksum
    numbers = (0, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0)
    header = b"070701" + b"".join(b"%08X" % number for number in numbers)
    return _padded(header + encoded) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
