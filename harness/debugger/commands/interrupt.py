# SPDX-License-Identifier: BSD-2-Clause
"""What a Ctrl-C does, in gdb's own Python: `interrupt_soon` sends gdb SIGINT, once it waits for a guest that runs."""

import os
import signal
import threading
import time

import gdb

LOOKS, BETWEEN = 3, 0.05  # in a row that find gdb asleep, which waits for nothing else for so long; seconds between two


def sleeps() -> bool:
    """Whether gdb's main thread does; taken for granted where there is no /proc."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/stat", encoding="ascii", errors="replace") as status:
            return status.read().rpartition(")")[2].split()[0] == "S"
    except OSError:
        return True


def interrupt() -> None:
    asleep = 0
    while asleep < LOOKS:
        time.sleep(BETWEEN)
        asleep = asleep + 1 if sleeps() else 0
    os.kill(os.getpid(), signal.SIGINT)


class InterruptSoon(gdb.Command):
    """The next command that lets the guest go ends by a Ctrl-C, where nothing stops it before."""

    def __init__(self) -> None:
        super().__init__("interrupt_soon", gdb.COMMAND_USER)

    def invoke(self, argument: str, from_tty: bool) -> None:
        gdb.events.cont.connect(self._on_resume)

    def _on_resume(self, event: gdb.ContinueEvent) -> None:
        gdb.events.cont.disconnect(self._on_resume)
        threading.Thread(target=interrupt, daemon=True).start()


InterruptSoon()
