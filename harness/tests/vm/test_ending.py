# SPDX-License-Identifier: BSD-2-Clause
"""What is left of a boot whose QEMU has exited, however late it comes."""

import queue
from types import SimpleNamespace

import pytest

from harness.debugger.gdb import Event
from harness.system.limits import FAREWELL, Deadlines
from harness.vm import ending
from harness.vm.ending import STATUS_DONE, finish

LINES = [Event("line", f"stop {number}", "a@kernel32") for number in range(20)]


class SlowEvents:
    """Events of gdb's that each take `each` seconds, of a clock that goes by them alone; none after the last."""

    def __init__(self, each: float) -> None:
        self._each, self._left, self.now = each, [*LINES, Event("exit", "")], 0.0

    def empty(self) -> bool:
        return not self._left

    def get(self, timeout: float) -> tuple[str, Event]:
        if not self._left or timeout < self._each:
            raise queue.Empty
        self.now += self._each
        return "gdb", self._left.pop(0)


class Listener:
    """Notes what it hears, and that it was given up."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.done = self.missed = False

    def take_last(self, event: Event, status: int) -> None:
        self.heard.append(event)
        self.done = event.kind == "exit"

    def miss_farewell(self) -> None:
        self.missed = not self.done


@pytest.mark.parametrize("each, heard", [(0.0, 21), (FAREWELL * 0.9, 21), (FAREWELL * 1.1, 0)])
def test_a_gdb_that_lags_is_heard_to_its_end(monkeypatch, each, heard):
    events, session = SlowEvents(each), Listener()
    monkeypatch.setattr(ending, "time", SimpleNamespace(monotonic=lambda: events.now))
    child = SimpleNamespace(returncode=STATUS_DONE)
    machine = SimpleNamespace(read_to_end=lambda: None, events=events, child=child, flood="", output_to_end=lambda: "")
    outcome = SimpleNamespace(ending=None, log=SimpleNamespace(plan=1, whole=True))
    finish(machine, outcome, Deadlines(), lambda line: None, session=session)
    assert len(session.heard) == heard and session.missed is (heard == 0)
