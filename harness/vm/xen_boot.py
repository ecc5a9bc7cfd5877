# SPDX-License-Identifier: BSD-2-Clause
"""One boot of the guest as the dom0 of a Xen that QEMU boots. Xen's console, folder/xen.log, tells of its own end."""

import re

from harness.judging.result import Verdict
from harness.system.intake import said
from harness.vm.by_file import GrowingFile
from harness.vm.command_boot import CommandBoot

CONSOLE = "xen.log"

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

    def stop(self) -> None:
        super().stop()
        self._console.close()

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
