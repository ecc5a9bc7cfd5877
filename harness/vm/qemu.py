# SPDX-License-Identifier: BSD-2-Clause
"""One boot of the guest in a QEMU, watched over serial line, QMP, output and exit status until it ends."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from harness.debugger.gdb import Debugging, Event, Gdb
from harness.judging.result import Verdict
from harness.system import process
from harness.system.errors import Cancelled
from harness.system.faults import check_room
from harness.system.limits import START, Deadlines
from harness.vm.backtrace import take_backtrace
from harness.vm.ending import end_by_exit, finish
from harness.vm.qemu_process import QEMUProcess, NotConnected
from harness.vm.outcome import Outcome
from harness.vm.qmp import QMPError
from harness.vm.debugger_session import DebuggerSession
from harness.vm.watch import Watch

LEAST_ROOM = 1 << 20  # bytes for the log that QEMU writes, ten times those of the longest


class VM:
    """What is the same for a boot from its start to its end; run() boots."""

    def __init__(
        self,
        command: list[str],
        directory: Path,
        deadlines: Deadlines,
        debugging: Debugging | None = None,
        on_case: Callable[[str], None] = lambda case: None,
        backtraces: bool = False,
        standard_input: int = subprocess.DEVNULL,
        image: Path | None = None,
        follow: bool = False,
    ) -> None:
        """`command` is QEMU's without what qemu_process.watched() adds; `directory` takes the logs.

        `follow` where QEMU can write the guest's log to a file here, which wakes nobody for each character.
        `image` is the program that runs, where its vCPUs may be looked at meanwhile: TCG takes no notice of that.
        """
        self._command = command
        self._directory = directory
        self._deadlines = deadlines
        self._debugging = debugging
        self._on_case = on_case
        self._backtraces = backtraces
        self._standard_input = standard_input
        self._image = image
        self._follow = follow

    def run(self) -> Outcome:
        """Boots, watches, cleans up. Raises Cancelled when the whole command is being stopped."""
        outcome = Outcome()
        with process.PrivateDirectory(self._command[0]) as private:
            if self._follow:
                check_room(private.path, LEAST_ROOM)
            machine = QEMUProcess(
                self._command,
                self._directory,
                private,
                self._deadlines,
                gdb=self._debugging is not None,
                backtraces=self._backtraces,
                standard_input=self._standard_input,
                follow=self._follow,
            )
            try:
                self._watch(machine, private, outcome)
            finally:
                machine.stop()
            if self._follow and not outcome.log.whole:  # QEMU goes on where it cannot write
                check_room(private.path, LEAST_ROOM)
            if self._backtraces and outcome.ending is Verdict.CRASH:
                take_backtrace(private.path, self._directory / "backtrace.txt")
        if process.stopping():
            raise Cancelled
        outcome.take_output(machine.output)
        return outcome

    def _watch(self, machine: QEMUProcess, private: process.PrivateDirectory, outcome: Outcome) -> None:
        """Lets the guest go, and watches it to its end."""
        try:
            qmp = machine.connect()
            session = DebuggerSession(self._debugging, outcome) if self._debugging else None
            watch = Watch(machine, qmp, outcome, self._deadlines, session, self._on_case, self._image)
            gdb = self._start_gdb(machine, machine.gdb_address(qmp), private) if self._debugging else None
            try:
                if gdb is None:
                    watch.let_go()
                watch.to_end()
            finally:
                if gdb:
                    gdb.close()
        except NotConnected:
            if machine.flood:
                outcome.end(Verdict.HANG, machine.flood)
            elif machine.exits():
                end_by_exit(machine, outcome)
            else:
                outcome.end(Verdict.HANG, f"QEMU did not come up within {self._deadlines(START):g} s")
        except QMPError as error:
            # A guest may be through before QEMU has answered.
            if machine.exits():
                finish(machine, outcome, self._deadlines, outcome.take)
            else:
                outcome.end(Verdict.HANG, machine.flood or str(error))

    def _start_gdb(self, machine: QEMUProcess, address: str, private: process.PrivateDirectory) -> Gdb:
        def post(event: Event) -> None:
            machine.events.put(("gdb", event))

        gdb = Gdb(self._debugging, address, private.path, self._directory, post)
        gdb.start()
        return gdb
