# SPDX-License-Identifier: BSD-2-Clause
"""One boot of the guest as the dom0 of a Xen that QEMU boots. Xen's console, folder/xen.log, tells of its own end."""

import math
import re
import socket
import time

from harness.judging.result import Verdict
from harness.system import process
from harness.system.intake import said
from harness.vm.by_file import GrowingFile
from harness.vm.command_boot import CommandBoot
from harness.vm.qmp import QMP, QMPError
from harness.vm.whereabouts import LOOK_AFTER, LOOK_EVERY, Stillness, places

CONSOLE = "xen.log"

ANSWER = 2.0  # seconds that QEMU takes, if it answers at all

# What Xen says, by the functions that say it: panic() in xen/drivers/char/console.c, and hwdom_shutdown() in
# xen/common/shutdown.c, which a third fault of dom0's comes to by hvm_triple_fault().
PREFIX = "(XEN) "
PANIC = re.compile(r"Panic on CPU \d+:")
SHUTDOWN = re.compile(r"Hardware Dom0 (?P<how>shutdown|halted|crashed)\b.*")
RESETS = ("shutdown",)


class XenBoot(CommandBoot):
    """One boot by QEMU; the guest's log is in folder/serial.log."""

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        self._console = GrowingFile(self.folder / CONSOLE)
        self._panicking = False
        self._channel: socket.socket | None = None
        self._qmp: QMP | None = None
        self._stillness: Stillness | None = None
        self._next_look = 0.0

    def start(self) -> None:
        if not process.POSIX:
            super().start()
            return
        self._channel, theirs = socket.socketpair()
        with theirs:
            chardev = f"socket,id=qmp,fd={theirs.fileno()}"
            super().start(["-chardev", chardev, "-qmp", "chardev:qmp"], [theirs.fileno()])

    def stop(self) -> None:
        super().stop()
        self._console.close()
        if self._qmp:
            self._qmp.close()
        if self._channel:
            self._channel.close()

    def gets_nowhere(self, silence: float) -> bool:
        """Looks at QEMU's vCPUs: where they stay the same, each runs a vCPU of the guest that gets nowhere."""
        now = time.monotonic()
        if silence < LOOK_AFTER:
            self._stillness = None
        if self._channel is None or silence < LOOK_AFTER or now < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY
        try:
            self._qmp = self._qmp or QMP(self._channel, lambda event: None, self._deadlines(ANSWER))
            self._stillness = self._stillness or Stillness(self.child.pid, self._qmp)
            self.outcome.circumstances = places(self._stillness.look(), self.image)
            return bool(self.outcome.circumstances)
        except QMPError:
            self._next_look = math.inf  # who does not answer is waited for
            return False

    def more_lines(self, last: bool) -> tuple[list[bytes], str]:
        return self._console.lines(last), self._console.cut

    def on_line(self, line: str) -> None:
        words = line.removeprefix(PREFIX).strip()
        if self._panicking and words:
            self.outcome.end(Verdict.CRASH, f"Xen panicked: {words}")
        self._panicking = self._panicking or bool(PANIC.match(words))
        if self.outcome.log.whole:  # it halts after its last word, until QEMU has gone
            return
        if found := SHUTDOWN.match(words):
            if found["how"] in RESETS:
                self.outcome.end(Verdict.RESET, "the guest was reset")
            else:
                self.outcome.end(Verdict.CRASH, f"Xen ended the guest: {words}")

    def said(self) -> str:
        return f"{said(self.folder / CONSOLE)}\n{super().said()}"
