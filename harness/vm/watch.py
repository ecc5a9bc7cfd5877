# SPDX-License-Identifier: BSD-2-Clause
"""A guest that runs in a QEMU is watched: what comes over each channel, and what a silence means."""

import math
import queue
import time
from collections.abc import Callable
from pathlib import Path

from harness.debugger.gdb import Event
from harness.judging.result import Verdict
from harness.system.limits import MURMUR, SILENCE, Deadlines
from harness.vm.ending import finish
from harness.vm.qemu_process import QEMUProcess
from harness.vm.outcome import Outcome
from harness.vm.qmp import QMP, MonitorEvent, QMPError, QMPRefusal
from harness.vm.debugger_session import DebuggerSession
from harness.vm.whereabouts import LOOK_AFTER, LOOK_EVERY, NOWHERE, Stillness, ask_vcpus, places

QUIET = 0.05  # seconds; a stopped guest's last line has arrived
# Seconds; who frees a guest that gdb has left stopped, has come by then, and a QEMU whose end gdb has met, has ended.
ALONE = 0.5
LONGEST_DRAIN = 1.0  # seconds; what goes on for longer never ends


class Watch:
    """The watch over one boot, from when the guest may run to its end; what it sees goes into the outcome."""

    def __init__(
        self,
        machine: QEMUProcess,
        qmp: QMP,
        outcome: Outcome,
        deadlines: Deadlines,
        session: DebuggerSession | None,
        on_case: Callable[[str], None],
        image: Path | None,
    ) -> None:
        """`session` is gdb's, which lets the guest go; without one, let_go() does. See VM for the others."""
        self._machine = machine
        self._qmp = qmp
        self._outcome = outcome
        self._deadlines = deadlines
        self._session = session
        self._on_case = on_case
        self._image = image
        self._stillness: Stillness | None = None
        self._stopped = self._unasked = self._stands = False

    def let_go(self) -> None:
        """Lets the guest run. Raises QMPError."""
        self._stand_still_at_reset()
        self._qmp.execute("cont")

    def to_end(self) -> None:
        """Watches until the boot has an ending, or QEMU has exited."""
        handlers = {"serial": self._on_serial, "qmp": self._on_qmp, "gdb": self._on_gdb, "flood": self._on_flood}
        heard = stirred = time.monotonic()  # the guest or gdb said something; or the monitor did
        while self._outcome.ending is None and not (self._session and self._session.astray):
            now = time.monotonic()
            until_end = self._deadlines(MURMUR) - (now - heard)
            left = min(self._next_look(now - stirred) - (now - stirred), until_end)
            try:
                if until_end <= 0:
                    raise queue.Empty
                kind, value = self._machine.events.get(timeout=max(0.0, left))
            except queue.Empty:
                now = time.monotonic()
                self._end_by_silence(now - stirred, now - heard)
                continue
            stirred, self._stillness = time.monotonic(), None
            if kind != "qmp":
                heard = stirred
            if kind == "exit":
                self._finish()
                return
            handlers[kind](value)
        if self._session and self._session.endless:
            self._drain()
            return
        if self._outcome.ending is Verdict.HANG:
            self._machine.kill()  # what runs on would be ahead of what is read of it
        if self._outcome.ending in (Verdict.HANG, Verdict.RESET) and self._machine.exits():
            self._finish()
        else:
            self._drain()

    def _finish(self) -> None:
        finish(self._machine, self._outcome, self._deadlines, self._on_serial, self._on_qmp, self._session)

    def _drain(self) -> None:
        """Takes what the guest and gdb wrote before the end. A gdb that has said too much is not waited for."""
        until = time.monotonic() + LONGEST_DRAIN
        quiet = time.monotonic() + QUIET
        while (left := min(until, quiet) - time.monotonic()) > 0:
            try:
                kind, value = self._machine.events.get(timeout=left)
            except queue.Empty:
                break
            if kind == "serial":
                self._on_serial(value)
            elif kind == "gdb" and self._session and not self._session.endless:
                self._on_gdb(value)
            else:
                continue
            quiet = time.monotonic() + QUIET

    # what comes

    def _on_serial(self, line: bytes) -> None:
        if case := self._outcome.take(line):
            self._on_case(case)

    def _on_flood(self, words: str) -> None:
        self._outcome.end(Verdict.HANG, words)

    def _on_gdb(self, event: Event) -> None:
        if self._session is None:
            return
        if event.kind == "died" and not self._session.done and self._machine.exits(ALONE):
            self._session.take_last(event, self._machine.child.returncode)
        else:
            self._session.take(event)

    def _on_qmp(self, event: MonitorEvent) -> None:
        if event.name in ("STOP", "RESUME"):
            self._stopped = self._unasked = event.name == "STOP"
            if not self._session:
                self._ask_why_stopped()
        elif event.name == "SHUTDOWN":
            self._outcome.announced = True
            if event.of_reset:
                self._outcome.end(Verdict.RESET, "the guest was reset (triple fault)")
                if self._stands:  # a QEMU that is on its way out may hear the question, and never answer
                    self._look_around()
            self._let_it_end()
        elif event.name == "GUEST_PANICKED":
            self._outcome.end_in_its_words(Verdict.CUT, "the guest panicked, says QEMU: ")

    def _stand_still_at_reset(self) -> None:
        """Has the machine stop at a reset, so that one can look at it, where QEMU can: since 6.0. It ends when told to.

        gdb would take that for a stop of its own.
        """
        if self._image:
            try:
                self._qmp.execute("set-action", reboot="shutdown", shutdown="pause")
                self._stands = True
            except QMPRefusal:
                pass

    def _let_it_end(self) -> None:
        """Ends a machine that stands still where it would have ended by itself."""
        if self._stands:
            try:
                self._qmp.execute("quit")
            except QMPError:
                pass

    # what does not come

    def _next_look(self, silence: float) -> float:
        """How long a silence, of so many seconds by now, has to be for the guest to be looked at again."""
        if self._unasked:  # most stops are gdb's, which goes on at once
            return QUIET
        if self._left_alone() and silence < self._deadlines(ALONE):
            return self._deadlines(ALONE)
        looks = max(0, math.ceil((silence - self._deadlines(LOOK_AFTER)) / LOOK_EVERY))
        return min(self._deadlines(LOOK_AFTER) + looks * LOOK_EVERY, self._deadlines(SILENCE))

    def _left_alone(self) -> bool:
        """Whether the guest is stopped, and nobody is there who would let it go on."""
        return self._stopped and (self._session is None or self._session.done)

    def _end_by_silence(self, silence: float, murmur: float) -> None:
        """Ends a guest that is silent for too long, or that gets nowhere, as far as that can be seen.

        It is silent for these seconds, with and without its monitor's events.
        """
        silent = silence >= self._deadlines(SILENCE)
        late = silent or murmur >= self._deadlines(MURMUR)
        seconds = f"{self._deadlines(SILENCE if silent or not late else MURMUR):g} s"
        if self._unasked:
            self._ask_why_stopped()
        elif self._session and not self._session.connected:
            if late:
                self._outcome.end(Verdict.UNUSABLE, f"gdb has not connected within {seconds}: see gdb.log")
        elif self._session and self._left_alone():
            self._hang("the guest is stopped, and gdb has left")
        elif self._session and late and self._status() != "running":
            self._hang(f"the guest is stopped, and gdb says nothing for {seconds}")
        elif late:
            self._hang(f"no line for {seconds}")
        elif self._still():
            self._hang(NOWHERE)

    def _hang(self, reason: str) -> None:
        self._outcome.end(Verdict.HANG, reason)
        self._look_around()

    def _still(self) -> bool:
        """Whether it is certain that the vCPUs get nowhere; notes where they are then."""
        try:
            if self._image is None or self._status() != "running":
                return False
            self._stillness = self._stillness or Stillness(self._machine.child.pid, self._qmp)
            self._outcome.circumstances = places(self._stillness.look(), self._image)
            return bool(self._outcome.circumstances)
        except QMPError:
            return False

    def _look_around(self) -> None:
        """Notes where the vCPUs are."""
        if self._image and not self._outcome.circumstances:
            try:
                self._outcome.circumstances = places(ask_vcpus(self._qmp), self._image)
            except QMPError:
                pass

    def _ask_why_stopped(self) -> None:
        """Ends a guest that the hypervisor has stopped by itself."""
        if self._unasked and self._status() == "internal-error":
            self._outcome.end_in_its_words(Verdict.BACKEND)
        self._unasked = False

    def _status(self) -> str:
        try:
            return self._qmp.ask(lambda answer: answer["status"], "query-status")
        except QMPError:
            return ""
