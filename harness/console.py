# SPDX-License-Identifier: BSD-2-Clause
"""How the guest's log comes out of a QEMU: by a file that QEMU writes and we follow, or over a connection."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

# Where the guest's log goes beside COM1, to the same file, and no character waits for another. Nothing else is at this
# port of a PC, which was once for prototype cards.
CONSOLE_PORT = 0x300
CONSOLE = ("-device", f"isa-debugcon,chardev=serial,iobase={CONSOLE_PORT:#x}")

# The file, in the directory where QEMU runs, and the chardev that writes it for both.
FOLLOWED = "serial"
TO_FILE = f"file,id=serial,path={FOLLOWED},mux=on"

PAUSE = 0.002  # seconds between two looks at the file


def followed(path: Path, over: threading.Event) -> Iterator[bytes]:
    """What QEMU writes to the file, until it has ended: `over` is set then."""
    with path.open("rb", buffering=0) as file:
        ended = False
        while not ended:
            ended = over.wait(PAUSE)
            while data := file.read(65536):
                yield data


def received(connection: socket.socket) -> Iterator[bytes]:
    """What comes over a connection, until its end."""
    try:
        while data := connection.recv(65536):
            yield data
    except OSError:
        pass
