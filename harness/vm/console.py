# SPDX-License-Identifier: BSD-2-Clause
"""How the guest's log comes out of a QEMU: by a file that QEMU writes and we follow, or over a connection."""

import threading
from collections.abc import Iterator
from pathlib import Path

from harness.system.intake import PIECE
from harness.vm.qmp import QMP, QMPRefusal

# The virtio console that takes the guest's log line by line is on the first of microvm's transports (QEMU's
# include/hw/i386/microvm.h, VIRTIO_MMIO_BASE).
ADDRESS = 0xFEB00000
DEVICES = {"virtio-serial-device": "bus=virtio-mmio-bus.0", "virtconsole": "chardev=serial"}
FOR_GUEST = f"console=virtio@{ADDRESS:x} "  # on its command line

# Off, a line has left when the guest has said that it is there; on, another thread is woken for it. QEMU 5.2 does not
# have it, and 10.0 has it on with TCG too, which takes twice as long.
TRANSPORT, EVENTFD = "virtio-mmio", "ioeventfd"

# The file, in the directory where QEMU runs, and the chardev that writes it for COM1 and console.
FOLLOWED = "serial"
TO_FILE = f"file,id=serial,path={FOLLOWED}"

SHORTEST, LONGEST = 0.002, 0.032  # seconds between two looks at the file: longer where it stays as it is


def console_of(qmp: QMP) -> tuple[str, ...]:
    """The options for a console in a microvm of this QEMU; none where it is built without. Raises QMPError."""
    try:
        for device in DEVICES:
            qmp.execute("device-list-properties", typename=device)
        properties = qmp.ask(_names, "device-list-properties", typename=TRANSPORT)
    except QMPRefusal:
        return ()
    options = [word for device, where in DEVICES.items() for word in ("-device", f"{device},{where}")]
    return (*(("-global", f"{TRANSPORT}.{EVENTFD}=off") if EVENTFD in properties else ()), *options)


def _names(answer: list[dict[str, str]]) -> list[str]:
    return [entry["name"] for entry in answer]


def followed(path: Path, over: threading.Event) -> Iterator[bytes]:
    """What QEMU writes to the file, until it has ended: `over` is set then."""
    with path.open("rb", buffering=0) as file:
        ended = False
        pause = SHORTEST
        while not ended:
            ended = over.wait(pause)
            pause = min(2 * pause, LONGEST)
            while data := file.read(PIECE):
                pause = SHORTEST
                yield data
