# SPDX-License-Identifier: BSD-2-Clause
"""A QEMU that has been started, and the channels to it: what comes over each becomes an event in one queue."""

import queue
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from harness.system import limits, process
from harness.system.faults import about
from harness.system.intake import Intake, Words, note_cut, pieces
from harness.system.limits import FAREWELL, START, Deadlines
from harness.vm.backtrace import allow_core
from harness.vm.console import FOLLOWED, TO_FILE, followed
from harness.vm.qmp import QMP, MonitorEvent, QMPError


class NotConnected(Exception):
    """QEMU did not open its channels: it has ended, or takes too long."""


def watched(serial: str, qmp: str, gdb: str) -> list[str]:
    """QEMU's options for a guest that is not let go yet, and whose log, QMP and gdbstub, if any, are these.

    COM1 and a console may write the log.
    """
    options = [
        "-S",
        "-chardev",
        f"{serial},mux=on",
        "-serial",
        "chardev:serial",
        "-chardev",
        qmp,
        "-qmp",
        "chardev:qmp",
    ]
    return options + (["-chardev", gdb, "-gdb", "chardev:gdb"] if gdb else [])


# Of QMP's events, those that somebody looks at.
LOOKED_AT = ("STOP", "RESUME", "SHUTDOWN", "GUEST_PANICKED")


class QEMUProcess:
    """A QEMU process.

    Its events are ("serial", a line as it came), ("qmp", an event), ("flood", what is too much) and ("exit", None).
    """

    def __init__(
        self,
        command: list[str],
        directory: Path,
        private: process.PrivateDirectory,
        deadlines: Deadlines,
        *,
        gdb: bool,
        backtraces: bool,
        standard_input: int,
        follow: bool,
    ) -> None:
        """Starts it, in `private`; `directory` takes the logs. `command` is without what watched() adds.

        `gdb` if it gets a gdbstub. See vm/qemu.py for the others.
        """
        self._directory = directory
        self._private = private
        self._deadlines = deadlines
        self._over = threading.Event()  # it has ended, and so has what it has left behind
        self._threads: list[threading.Thread] = []
        self.events: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._said = Words()
        self.flood = ""
        self.qmp: QMP | None = None
        self._qmp_listener, qmp = private.listen("qmp")
        if follow:
            self._serial_listener, serial = None, TO_FILE
            (private.path / FOLLOWED).touch()
        else:
            self._serial_listener, serial = private.listen("serial")
        self._connections: list[socket.socket] = []
        self.child = process.start(
            [*command, *watched(serial, qmp, private.serve("gdb") if gdb else "")],
            cwd=private.path,
            stdin=standard_input,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if backtraces:
            allow_core(self.child)
        self._output_thread = self._thread(self._read_output)

    def connect(self) -> QMP:
        """Opens the channels. Raises NotConnected; QMPError where QEMU goes, or is silent, after that."""
        serial = self._accept(self._serial_listener) if self._serial_listener else None
        qmp = self._accept(self._qmp_listener)
        if serial:
            self._thread(self._read_serial, pieces(serial, self._over.is_set))
        else:
            self._thread(self._read_serial, followed(self._private.path / FOLLOWED, self._over))
        self._thread(self._wait_for_exit)
        self.qmp = QMP(qmp, self._on_qmp, self._deadlines(START), lambda why: self._on_flood(f"{why} of QMP"))
        return self.qmp

    def gdb_address(self, qmp: QMP) -> str:
        """Where gdb reaches the gdbstub. Raises QMPError."""
        named = qmp.ask(lambda all: {each["label"]: each["filename"] for each in all}["gdb"], "query-chardev")
        return self._private.served_address("gdb", named)

    def exits(self, within: float = FAREWELL) -> bool:
        """Whether QEMU ends; it is given a moment to, in seconds."""
        try:
            self.child.wait(self._deadlines(within))
        except subprocess.TimeoutExpired:
            return False
        return True

    def read_to_end(self) -> None:
        """Waits until all that a QEMU which has exited left behind is among the events."""
        for thread in self._threads:
            thread.join(self._deadlines(FAREWELL))
        if self.qmp:
            self.qmp.wait_for_end(self._deadlines(FAREWELL))

    def output_to_end(self) -> str:
        """All that a QEMU which has exited said, and what it has left behind, which is ended if it goes on."""
        self._output_thread.join(limits.LAST_WORDS)
        self.child.end_group()
        self._over.set()
        self._output_thread.join(self._deadlines(FAREWELL))
        return self.output

    @property
    def output(self) -> str:
        """What it has said so far, fit to be shown."""
        return self._said.text

    def kill(self) -> None:
        """Ends it, if it has not ended; what it has said is still to be read."""
        self._ask_to_leave()
        process.stop(self.child)

    def stop(self) -> None:
        """Ends it, if it has not ended, and closes the channels."""
        self.kill()
        self._over.set()
        if self.qmp:
            self.qmp.close()
        for thread in self._threads:
            thread.join()
        for connection in self._connections:
            connection.close()
        self.child.stdout.close()

    def _ask_to_leave(self) -> None:
        """Gives QEMU a moment to end by itself where ending it from outside leaves it none to clean up."""
        if process.POSIX or self.qmp is None or self.child.poll() is not None:
            return
        try:
            self.qmp.execute("quit")
        except QMPError:
            return
        self.exits()

    def _accept(self, listener: socket.socket) -> socket.socket:
        connection = process.accept(listener, self.child, self._deadlines(START), lambda: bool(self.flood))
        if connection is None:
            raise NotConnected
        self._connections.append(connection)
        return connection

    def _thread(self, target: Callable[..., None], *arguments: Any) -> threading.Thread:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    # the threads: each turns one source into events

    def _read_serial(self, chunks: Iterator[bytes]) -> None:
        intake = Intake(limits.LOG)
        path = self._directory / "serial.log"
        with about(path), path.open("wb", buffering=0) as file:
            for data in chunks:
                kept, lines = intake.take(data)
                file.write(kept)
                for line in lines:
                    self.events.put(("serial", line))
                if intake.cut:
                    self._on_flood(f"{intake.cut} of log")
                    return
        for line in intake.last():
            self.events.put(("serial", line))

    def _read_output(self) -> None:
        intake = Intake()
        path = self._directory / "stderr.log"
        with about(path), path.open("wb", buffering=0) as file:
            for data in pieces(self.child.stdout, self._over.is_set):
                kept, _ = intake.take(data)
                file.write(kept)
                self._said.add(kept)
                if intake.cut:
                    file.write(note_cut(intake.cut))
                    self._on_flood(f"{intake.cut} of QEMU's own words")
                    return

    def _on_qmp(self, event: MonitorEvent) -> None:
        if event.name in LOOKED_AT:
            self.events.put(("qmp", event))

    def _on_flood(self, words: str) -> None:
        self.flood = self.flood or words
        self.events.put(("flood", words))

    def _wait_for_exit(self) -> None:
        self.child.wait()
        self.output_to_end()
        self.events.put(("exit", None))
