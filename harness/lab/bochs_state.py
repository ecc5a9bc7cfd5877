# SPDX-License-Identifier: BSD-2-Clause
"""A state that Bochs has saved, text files beside the memory as one; and one made of it to go on from."""

import re
from pathlib import Path

from harness.lab import holes

CONFIGURATION, MEMORY, MAPPING = "config", "memory.ram", "memory"

# Bochs' unit of memory.
BLOCK = 128 << 10


def copy(saved: Path, folder: Path, port: int, store: Path, size: int, base: int) -> None:
    """Makes of a saved state one in `folder`, with so many bytes of the store at `base` in its memory.

    Its second serial line is a connection to the port. Raises OSError.
    """
    folder.mkdir()
    for path in saved.iterdir():
        if path.name not in (CONFIGURATION, MEMORY, MAPPING):
            (folder / path.name).symlink_to(path)
    text = (saved / CONFIGURATION).read_text(encoding="utf-8")
    (folder / CONFIGURATION).write_text(reconfigured(text, port), encoding="utf-8")
    text = (saved / MAPPING).read_text(encoding="utf-8")
    (folder / MAPPING).write_text(remapped(text, size, base), encoding="utf-8")
    put_together(saved / MEMORY, store, size, base, folder / MEMORY)


def reconfigured(text: str, port: int) -> str:
    """A saved configuration whose second serial line is a connection to this port here, and where nothing is magic.

    A state has the timers of the devices by number only, and Bochs gives the numbers in the order of the plugins. USB
    was after all others when the host was booted, for it came with PCI, and is named among them now.
    """
    text = re.sub(r"^(plugin_ctrl:.*) usb_uhci=true,(.*)$", r"\1\2, usb_uhci=true", text, flags=re.MULTILINE)
    text = re.sub(r"^com2:.*$", f"com2: enabled=1, mode=socket-client, dev=127.0.0.1:{port}", text, flags=re.MULTILINE)
    return re.sub(r"^magic_break:.*$", "magic_break: enabled=0", text, flags=re.MULTILINE)


def remapped(text: str, size: int, base: int) -> str:
    """A saved mapping of the memory's blocks, with so many bytes at `base` as well."""
    used = int(re.search(r"used_blocks = (\d+)", text).group(1))
    count = -(-size // BLOCK)
    text = text.replace(f"used_blocks = {used}", f"used_blocks = {used + count}")
    for number in range(count):
        text = text.replace(f" blk{base // BLOCK + number} = -1\n", f" blk{base // BLOCK + number} = {used + number}\n")
    return text


def put_together(memory: Path, store: Path, size: int, base: int, target: Path) -> None:
    """A copy of the memory, with so many bytes of the store at `base`."""
    with target.open("wb") as file:
        file.truncate(memory.stat().st_size)
        holes.copy(memory, memory.stat().st_size, file, 0)
        holes.copy(store, size, file, base)
