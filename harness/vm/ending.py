# SPDX-License-Identifier: BSD-2-Clause
"""How a QEMU that has exited ended the boot: what it left behind is read, then its status is judged."""

import queue
import time
from collections.abc import Callable

from harness.judging.result import Verdict
from harness.system import process
from harness.system.last_words import telling_line
from harness.system.limits import FAREWELL, Deadlines
from harness.vm.qemu_process import QEMUProcess
from harness.vm.outcome import Outcome
from harness.vm.qmp import MonitorEvent
from harness.vm.debugger_session import DebuggerSession

# isa-debug-exit makes 2 * value + 1 of what the guest writes: enum leave_value in guest/board/leave.h.
STATUS_DONE = 2 * 42 + 1
STATUS_PANIC = 2 * 43 + 1

# Of QMP's, those that say why QEMU ends.
LAST_EVENTS = ("GUEST_PANICKED", "SHUTDOWN")


def finish(
    machine: QEMUProcess,
    outcome: Outcome,
    deadlines: Deadlines,
    on_serial: Callable[[bytes], None],
    on_qmp: Callable[[MonitorEvent], None] = lambda event: None,
    session: DebuggerSession | None = None,
) -> None:
    """Takes all that is left of a boot whose QEMU has exited, and says how it ended."""
    machine.read_to_end()
    until = time.monotonic() + deadlines(FAREWELL)
    while (session and not session.done) or not machine.events.empty():
        try:
            kind, value = machine.events.get(timeout=max(0, until - time.monotonic()))
        except queue.Empty:
            break
        if kind == "serial":
            on_serial(value)
        elif kind == "qmp" and value.name in LAST_EVENTS:
            on_qmp(value)
        elif kind == "gdb" and session:
            session.take_last(value, machine.child.returncode)
            until = time.monotonic() + deadlines(FAREWELL)  # what lags, and still brings something, is not lost
    if machine.flood:
        outcome.end(Verdict.HANG, machine.flood)
    end_by_exit(machine, outcome)
    if session and outcome.ending is not Verdict.HANG:
        session.miss_farewell()


def end_by_exit(machine: QEMUProcess, outcome: Outcome) -> None:
    """Judges the exit status of a QEMU that has ended."""
    status, output = machine.child.returncode, machine.output_to_end().splitlines()
    started = outcome.log.plan is not None
    if died_by := process.signal_name(status):
        outcome.end_by_signal(died_by, f"QEMU died of {died_by}: {telling_line(output)}")
    elif status == STATUS_PANIC:
        outcome.end(Verdict.CUT, "the guest panicked outside of any case: see serial.log")
    elif status == STATUS_DONE:
        if not outcome.log.whole:
            outcome.end(Verdict.CUT, f"the guest left, but its log is not whole: {outcome.log.missing}")
    elif status == 0 and outcome.log.whole:
        outcome.end(Verdict.CUT, f"QEMU exited with status 0 after the guest's last line, not with {STATUS_DONE}")
    elif status == 0 and started:
        # SHUTDOWN comes before, and is lost where the reader of QMP lags: what a socket does not take at once, QEMU
        # takes with it.
        outcome.unannounced = not outcome.announced
        outcome.end(Verdict.CUT, "QEMU ended before the guest's last line")
    else:
        verdict = Verdict.CRASH if started else Verdict.UNUSABLE
        outcome.end(verdict, f"QEMU {process.describe_exit(status)}: {telling_line(output)}")
