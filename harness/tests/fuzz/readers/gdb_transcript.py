# SPDX-License-Identifier: BSD-2-Clause
"""What a gdb says: its transcript, as the harness understands it while gdb runs."""

import threading
from functools import cache
from pathlib import Path

from harness.catalogue.image import Image, read_image
from harness.debugger.gdb import Debugging, Event, Gdb
from harness.system.places import BUILD
from harness.tests.fuzz.mutations import any_or, lines_of, mutated
from harness.tests.fuzz.reader import Reader
from harness.vm.debugger_session import DebuggerSession
from harness.vm.outcome import Outcome

SAID = b"""\
warning: No executable has been specified and target does not support
target remote gdb
0x0000fff0 in ?? ()
| connected

sending: qSupported
received: "PacketSize=1000;qXfer:features:read+;vContSupported+"
sending: qqemu.sstepbits
received: "ENABLE=1,NOIRQ=2,NOTIMER=4"
sending: Z0,1008e4,1
received: "OK"
sending: Z2,1008e4,1
received: ""
| asked

| script icebp@kernel64
Temporary breakpoint 1 at 0x100ab0

Thread 1 hit Temporary breakpoint 1, 0x0000000000100ab0 in ?? ()
| case icebp@kernel64 0x10a2c0
Breakpoint 2 at 0x100b20
| breakpoints 2
sending: Qqemu.sstep=0x7
received: "OK"
| at 0x8 10a2c0
| stop 0x8 10a2c1
Thread 1 hit Breakpoint 3, 0x000000000010a2c1 in ?? ()
| told 0 0x8 10a2c1
Thread 1 received signal SIGTRAP, Trace/breakpoint trap.
| told 1 0x8 10a2c4
| left
[Inferior 1 (process 1) exited with code 0125]
debugger.gdb:93: Error in sourced command file:
Remote connection closed
"""
WORDS = (
    *(
        b"| ",
        b"| case ",
        b"| case x\n",
        b"| case x 0x1",
        b"| told ",
        b"| told 0\n",
        b"| at \n",
        b"| at 1 2 3\n",
        b"| stop 1\n",
    ),
    *(b"| breakpoints ", b"| breakpoints -9\n", b"| script\n", b"sending: ", b"received: ", b"received: \n"),
    *(
        b"| asked\n",
        b"| left\n",
        b"Error in sourced command file:\n",
        b"exited with code 9\n",
        b"Qqemu.sstep=0x7",
        b"hit ",
    ),
    *(
        b"exited with code 0125\n",
        b"received signal SIGTRAP",
        b"Breakpoint 9,\n",
        b"watchpoint 99999,\n",
        b"| step x\n",
    ),
)


@cache
def image() -> Image:
    return read_image(BUILD / "guest64.elf")


def read(data: bytes, folder: Path) -> None:
    (folder / "said").write_bytes(data)
    (folder / "gdb").write_text(f"#!/bin/sh\nexec cat '{folder}/said'\n")
    (folder / "gdb").chmod(0o755)
    events: list[Event] = []
    errors: list[BaseException] = []
    before = threading.excepthook
    threading.excepthook = lambda arguments: errors.append(arguments.exc_value)
    try:
        gdb = Gdb(Debugging(str(folder / "gdb"), "", image()), "", folder, folder, events.append)
        gdb.start()
        gdb.join()
        gdb.close()
    finally:
        threading.excepthook = before
    for error in errors:
        raise error
    session = DebuggerSession(Debugging("", "", image(), ("Z2", "qqemu.sstep")), Outcome())
    for event in events[:-1]:
        session.take(event)
    session.take_last(events[-1], 0)


# Each value takes two processes.
READER = Reader(any_or(mutated([SAID], WORDS), lines_of([SAID], WORDS)), read, few=15)
