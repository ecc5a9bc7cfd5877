# SPDX-License-Identifier: BSD-2-Clause
"""What gdb has said and done so far in one boot, and what that makes of its outcome."""

from harness.debugger import gdbstub
from harness.debugger.gdb import Debugging, Event, announced_status
from harness.judging.result import Verdict
from harness.system import process
from harness.vm.outcome import Outcome

MOST_STEPS, MOST_STOPS = 5000, 100  # of gdb in one case: what steps or stops more often, or says more, never ends


class DebuggerSession:
    """A gdb that takes part in a boot; its events go into the outcome.

    `connected` once it has reached the gdbstub, `done` once it has left, `astray` where it has lost its place,
    `endless` where it was given up because it says too much.
    """

    def __init__(self, debugging: Debugging, outcome: Outcome) -> None:
        self._debugging = debugging
        self._outcome = outcome
        self._counts: dict[tuple[str, str], int] = {}
        self.connected = self.done = self.astray = self.endless = False

    def take(self, event: Event) -> None:
        """Takes the next thing that gdb says, while QEMU runs or after."""
        outcome = self._outcome
        if event.kind == "connected":
            self.connected = True
        elif event.kind == "stub":
            packet, _, answer = event.text.partition(" ")
            outcome.stub[packet] = answer
        elif event.kind == "asked":
            if reason := gdbstub.refusal(self._debugging.needs, outcome.stub):
                outcome.make_void(reason)
                self.done = True
        elif event.kind == "case":
            outcome.take_case(event.case)
            return
        elif event.kind == "astray":
            self.astray = True
            return
        elif event.kind == "step":
            outcome.take_step(event.case, event.text)
        elif event.kind == "line":
            outcome.take_from_debugger(event.case, event.text)
        elif event.kind in ("exit", "left"):
            self.done = True
        elif not self.done:
            outcome.make_void(event.text)
            outcome.gdb_killed = event.killed and not self.connected
        self._count(event)

    def take_last(self, event: Event, status: int) -> None:
        """Takes what gdb says once QEMU has exited with `status`."""
        if event.kind not in ("exit", "died"):
            self.take(event)
        elif not self.done:
            self.done = True
            self._take_farewell(event, status)

    def miss_farewell(self) -> None:
        """Notes that gdb has not said, as it has to, that the guest is gone."""
        if not self.done:
            self._outcome.take_from_debugger(self._last_case(), "no exit")

    def _take_farewell(self, event: Event, status: int) -> None:
        """gdb's last words, once QEMU is gone, are that it is; a gdb that left before has not seen the cases.

        Of a QEMU that a signal has ended, it may say that nobody answers, or fall over that.
        """
        if process.signal_name(status):
            return
        if event.kind != "exit":
            self._outcome.make_void(event.text)
        elif announced_status(event.text) not in (None, status):
            self._outcome.take_from_debugger(self._last_case(), f"{event.kind} {event.text}")

    def _count(self, event: Event) -> None:
        self._counts[event.case, event.kind] = count = self._counts.get((event.case, event.kind), 0) + 1
        if count > (MOST_STEPS if event.kind == "step" else MOST_STOPS):
            self.endless = True
            words = f"gdb has said more than {count - 1} times: {event.kind} {event.text}"
            if event.kind == "step" or event.text.startswith("stop "):  # it is the guest that goes on
                self._outcome.end(Verdict.HANG, words)
            else:
                self._outcome.make_void(words)

    def _last_case(self) -> str:
        """The case that runs or ran last."""
        blocks = self._outcome.log.blocks
        return blocks[-1].case if blocks else ""
