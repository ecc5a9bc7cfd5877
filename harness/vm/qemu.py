# SPDX-License-Identifier: BSD-2-Clause
"""One boot of the guest in a QEMU, watched over serial line, QMP, output and exit status until it ends."""

import math
import queue
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from harness.debugger import gdbstub
from harness.debugger.gdb import Debugging, Event, Gdb, announced_status
from harness.judging.result import Verdict
from harness.system import process
from harness.system.errors import Cancelled
from harness.system.last_words import telling_line
from harness.system.limits import FAREWELL, LONGEST_LOG, SILENCE, START, Deadlines
from harness.vm.backtrace import allow_core, take_backtrace
from harness.vm.console import FOLLOWED, TO_FILE, followed, received
from harness.vm.outcome import Outcome
from harness.vm.qmp import QMP, QMPError, QMPRefusal
from harness.vm.whereabouts import Stillness, ask_vcpus

# isa-debug-exit makes 2 * value + 1 of what the guest writes: enum leave_value in guest/leave.h.
STATUS_DONE = 2 * 42 + 1
STATUS_PANIC = 2 * 43 + 1

QUIET = 0.05  # seconds; a stopped guest's last line has arrived
ALONE = 0.5  # seconds; who frees a guest that gdb has left stopped, has come by then
LOOK_AFTER, LOOK_EVERY = 1.0, 0.2  # seconds of silence until the vCPUs are looked at, and between two looks
LONGEST_DRAIN = 1.0  # seconds; what goes on for longer never ends
MOST_STEPS, MOST_STOPS = 5000, 100  # of gdb in one case: what steps or stops more often never ends


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


class VM:
    """One QEMU process and everything that watches it."""

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
        """`command` is QEMU's without what watched() adds; `directory` takes the logs.

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
        self._over = threading.Event()
        self._stillness: Stillness | None = None
        self._stopped = self._unasked = False
        self._events: queue.Queue = queue.Queue()
        self._threads: list[threading.Thread] = []
        self._connections: list[socket.socket] = []
        self._output: list[str] = []
        self._outcome = Outcome()
        self._child: subprocess.Popen | None = None
        self._qmp: QMP | None = None
        self._gdb: Gdb | None = None
        self._gdb_done = debugging is None
        self._gdb_connected = False
        self._gdb_astray = self._gdb_endless = False
        self._gdb_counts: dict[tuple[str, str], int] = {}

    def run(self) -> Outcome:
        """Boots, watches, cleans up. Raises Cancelled when the whole command is being stopped."""
        with process.PrivateDirectory(self._command[0]) as private:
            try:
                self._start(private)
                self._watch()
            finally:
                self._stop()
            if self._backtraces and self._outcome.ending is Verdict.CRASH:
                take_backtrace(private.path, self._directory / "backtrace.txt")
        if process.stopping():
            raise Cancelled
        self._outcome.output = "".join(self._output)
        return self._outcome

    # starting and stopping

    def _start(self, private: process.PrivateDirectory) -> None:
        qmp_listener, qmp = private.listen("qmp")
        gdb = private.serve("gdb") if self._debugging else ""
        if self._follow:
            serial_listener, serial = None, TO_FILE
            (private.path / FOLLOWED).touch()
        else:
            serial_listener, serial = private.listen("serial")
        command = [*self._command, *watched(serial, qmp, gdb)]
        self._child = process.start(
            command,
            cwd=private.path,
            stdin=self._standard_input,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if self._backtraces:
            allow_core(self._child)
        self._thread(self._read_output)
        serial_connection = self._accept(serial_listener) if serial_listener else None
        qmp_connection = self._accept(qmp_listener)
        if qmp_connection is None or (serial_listener and serial_connection is None):
            return
        if serial_connection:
            self._thread(self._read_serial, received(serial_connection))
        else:
            self._thread(self._read_serial, followed(private.path / FOLLOWED, self._over))
        self._thread(self._wait_for_exit)
        try:
            deadline = self._deadlines(START)
            self._qmp = QMP(qmp_connection, lambda event: self._events.put(("qmp", event)), deadline)
            if self._debugging:
                self._start_gdb(private, self._debugging)
            else:
                self._stand_still_at_reset()
                self._qmp.execute("cont")
        except QMPError as error:
            # A guest may be through before QEMU has answered; _watch() then sees the exit.
            if not self._exits():
                self._outcome.end(Verdict.HANG, str(error))

    def _stand_still_at_reset(self) -> None:
        """Has the machine stop at a reset, so that one can look at it, where QEMU can: since 6.0. It ends when told to.

        gdb would take that for a stop of its own.
        """
        if self._image:
            try:
                self._qmp.execute("set-action", reboot="shutdown", shutdown="pause")
            except QMPRefusal:
                pass

    def _start_gdb(self, private: process.PrivateDirectory, debugging: Debugging) -> None:
        chardevs = {chardev["label"]: chardev["filename"] for chardev in self._qmp.execute("query-chardev")}
        self._gdb = Gdb(
            debugging,
            private.served_address("gdb", chardevs["gdb"]),
            private.path,
            self._directory,
            lambda event: self._events.put(("gdb", event)),
        )
        self._gdb.start()

    def _accept(self, listener: socket.socket) -> socket.socket | None:
        """QEMU's connection; None, with the ending set, if there will be none."""
        connection = process.accept(listener, self._child, self._deadlines(START))
        if connection is not None:
            self._connections.append(connection)
        elif self._exits():
            self._end_by_exit()
        else:
            self._outcome.end(Verdict.HANG, f"QEMU did not come up within {self._deadlines(START):g} s")
        return connection

    def _stop(self) -> None:
        if self._gdb:
            self._gdb.close()
        if self._child:
            self._ask_to_leave()
            process.stop(self._child)
        self._over.set()
        if self._qmp:
            self._qmp.close()
        for thread in self._threads:
            thread.join()
        for connection in self._connections:
            connection.close()
        if self._child:
            self._child.stdout.close()

    def _ask_to_leave(self) -> None:
        """Gives QEMU a moment to end by itself where ending it from outside leaves it none to clean up."""
        if process.POSIX or self._qmp is None or self._child.poll() is not None:
            return
        try:
            self._qmp.execute("quit")
        except QMPError:
            return
        self._exits()

    def _thread(self, target: Callable, *arguments) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    # the threads: each turns one source into events

    def _read_serial(self, chunks: Iterator[bytes]) -> None:
        rest, size = b"", 0
        with (self._directory / "serial.log").open("wb", buffering=0) as file:
            for data in chunks:
                size += len(data)
                if size > LONGEST_LOG:
                    self._events.put(("flood", None))
                    return
                file.write(data)
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._events.put(("serial", line.decode("ascii", "replace")))
        if rest:
            self._events.put(("serial", rest.decode("ascii", "replace")))

    def _read_output(self) -> None:
        with (self._directory / "stderr.log").open("w", encoding="utf-8") as file:
            for data in self._child.stdout:
                line = data.decode("utf-8", "replace").replace("\r\n", "\n")
                file.write(line)
                file.flush()
                self._output.append(line)

    def _wait_for_exit(self) -> None:
        self._child.wait()
        self._over.set()
        self._events.put(("exit", None))

    # watching

    def _watch(self) -> None:
        handlers = {"serial": self._on_serial, "qmp": self._on_qmp, "gdb": self._on_gdb, "flood": self._on_flood}
        heard = time.monotonic()
        while self._outcome.ending is None and not self._gdb_astray:
            silence = time.monotonic() - heard
            try:
                kind, value = self._events.get(timeout=max(0.0, self._next_look(silence) - silence))
            except queue.Empty:
                self._end_by_silence(time.monotonic() - heard)
                continue
            heard, self._stillness = time.monotonic(), None
            if kind == "exit":
                self._finish()
                return
            handlers[kind](value)
        if self._outcome.ending is Verdict.RESET and self._exits():
            self._finish()
        else:
            self._drain()

    def _next_look(self, silence: float) -> float:
        """How long a silence, of so many seconds by now, has to be for the guest to be looked at again."""
        if self._unasked:  # most stops are gdb's, which goes on at once
            return QUIET
        if self._gdb_done and self._stopped and silence < self._deadlines(ALONE):
            return self._deadlines(ALONE)
        looks = max(0, math.ceil((silence - self._deadlines(LOOK_AFTER)) / LOOK_EVERY))
        return min(self._deadlines(LOOK_AFTER) + looks * LOOK_EVERY, self._deadlines(SILENCE))

    def _end_by_silence(self, silence: float) -> None:
        """Ends a guest that is silent for too long, or that gets nowhere, as far as that can be seen."""
        seconds = f"{self._deadlines(SILENCE):g} s"
        late = silence >= self._deadlines(SILENCE)
        if self._unasked:
            self._ask_why_stopped()
        elif self._debugging and not self._gdb_connected:
            if late:
                self._outcome.end(Verdict.UNUSABLE, f"gdb has not connected within {seconds}: see gdb.log")
        elif self._debugging and self._stopped and self._gdb_done:
            self._hang("the guest is stopped, and gdb has left")
        elif self._debugging and late and self._status() != "running":
            self._hang(f"the guest is stopped, and gdb says nothing for {seconds}")
        elif late:
            self._hang(f"no line for {seconds}")
        elif self._still():
            self._hang("the vCPUs get nowhere")

    def _hang(self, reason: str) -> None:
        self._outcome.end(Verdict.HANG, reason)
        self._look_around()

    def _still(self) -> bool:
        """Whether it is certain that the vCPUs get nowhere."""
        try:
            if self._image is None or self._status() != "running":
                return False
            self._stillness = self._stillness or Stillness(self._child.pid, self._qmp)
            return self._stillness.look()
        except QMPError:
            return False

    def _look_around(self) -> None:
        """Notes where the vCPUs are."""
        if self._image and self._qmp and not self._outcome.circumstances:
            try:
                self._outcome.circumstances = tuple(vcpu.described(self._image) for vcpu in ask_vcpus(self._qmp))
            except QMPError:
                pass

    def _on_serial(self, line: str) -> None:
        if case := self._outcome.take(line):
            self._on_case(case)

    def _on_flood(self, _) -> None:
        self._outcome.end(Verdict.HANG, f"more than {LONGEST_LOG >> 20} MiB of log")

    def _on_qmp(self, event: dict) -> None:
        if event["event"] in ("STOP", "RESUME"):
            self._stopped = self._unasked = event["event"] == "STOP"
            if not self._debugging:
                self._ask_why_stopped()
        elif event["event"] == "SHUTDOWN" and event.get("data", {}).get("reason") == "guest-reset":
            self._outcome.end(Verdict.RESET, "the guest was reset (triple fault)")
            self._look_around()
            self._let_go()
        elif event["event"] == "SHUTDOWN":
            self._let_go()
        elif event["event"] == "GUEST_PANICKED":
            self._outcome.end(Verdict.CUT, f"the guest panicked, says QEMU: {telling_line(self._output)}")

    def _ask_why_stopped(self) -> None:
        """Ends a guest that the hypervisor has stopped by itself."""
        if self._unasked and self._status() == "internal-error":
            self._outcome.end(Verdict.BACKEND, telling_line(self._output))
        self._unasked = False

    def _let_go(self) -> None:
        """Ends a machine that stands still where it would have ended by itself."""
        if self._image and not self._debugging:
            try:
                self._qmp.execute("quit")
            except QMPError:
                pass

    def _status(self) -> str:
        try:
            return self._qmp.execute("query-status")["status"]
        except QMPError:
            return ""

    def _on_gdb(self, event: Event) -> None:
        if event.kind == "connected":
            self._gdb_connected = True
        elif event.kind == "stub":
            packet, _, answer = event.text.partition(" ")
            self._outcome.stub[packet] = answer
        elif event.kind == "asked":
            if reason := gdbstub.refusal(self._debugging.needs, self._outcome.stub):
                self._outcome.make_void(reason)
                self._gdb_done = True
        elif event.kind == "case":
            self._outcome.take_case(event.case)
            return
        elif event.kind == "astray":
            self._gdb_astray = True
            return
        elif event.kind == "step":
            self._outcome.take_step(event.case, event.text)
        elif event.kind == "line":
            self._outcome.take_from_debugger(event.case, event.text)
        elif event.kind in ("exit", "left"):
            self._gdb_done = True
        elif not self._gdb_done:
            self._outcome.make_void(event.text)
        self._gdb_counts[event.case, event.kind] = count = self._gdb_counts.get((event.case, event.kind), 0) + 1
        if count > (MOST_STEPS if event.kind == "step" else MOST_STOPS):
            self._gdb_endless = True
            self._outcome.end(Verdict.HANG, f"gdb has said more than {count - 1} times: {event.kind} {event.text}")

    def _last_case(self) -> str:
        """The case that runs or ran last."""
        blocks = self._outcome.log.blocks
        return blocks[-1].case if blocks else ""

    def _drain(self) -> None:
        """Takes what the guest and gdb wrote before the end. A gdb that has said too much is not waited for."""
        until = time.monotonic() + LONGEST_DRAIN
        quiet = time.monotonic() + QUIET
        while (left := min(until, quiet) - time.monotonic()) > 0:
            try:
                kind, value = self._events.get(timeout=left)
            except queue.Empty:
                break
            if kind == "serial":
                self._on_serial(value)
            elif kind == "gdb" and not self._gdb_endless:
                self._on_gdb(value)
            else:
                continue
            quiet = time.monotonic() + QUIET

    # ending

    def _finish(self) -> None:
        """QEMU has exited: reads what it left behind, then says how it ended."""
        for thread in self._threads:
            thread.join(self._deadlines(FAREWELL))
        if self._qmp:
            self._qmp.wait_for_end(self._deadlines(FAREWELL))
        until = time.monotonic() + self._deadlines(FAREWELL)
        while self._gdb_is_due() or not self._events.empty():
            try:
                kind, value = self._events.get(timeout=max(0, until - time.monotonic()))
            except queue.Empty:
                break
            if kind == "serial":
                self._on_serial(value)
            elif kind == "qmp" and value["event"] == "SHUTDOWN":
                self._on_qmp(value)
            elif kind == "gdb" and value.kind not in ("exit", "died"):
                self._on_gdb(value)
            elif kind == "gdb" and not self._gdb_done:
                self._gdb_done = True
                self._check_farewell(value)
        self._end_by_exit()
        if self._gdb_is_due():
            self._outcome.take_from_debugger(self._last_case(), "no exit")

    def _gdb_is_due(self) -> bool:
        """Whether a gdb that was started has not said its last word."""
        return self._gdb is not None and not self._gdb_done

    def _check_farewell(self, event: Event) -> None:
        """gdb's last words, once QEMU is gone, are that it is; a gdb that left before has not seen the cases."""
        announced = announced_status(event.text)
        if event.kind != "exit":
            self._outcome.make_void(event.text)
        elif announced not in (None, self._child.returncode):
            self._outcome.take_from_debugger(self._last_case(), f"{event.kind} {event.text}")

    def _exits(self) -> bool:
        """Whether QEMU ends; it is given a moment to."""
        try:
            self._child.wait(self._deadlines(FAREWELL))
        except subprocess.TimeoutExpired:
            return False
        return True

    def _end_by_exit(self) -> None:
        """Judges the exit status of a QEMU that has ended."""
        status = self._child.returncode
        self._threads[0].join(self._deadlines(FAREWELL))
        started = self._outcome.log.plan is not None
        died_by = process.signal_name(status)
        if died_by:
            self._outcome.end(Verdict.CRASH, f"QEMU died of {died_by}: {telling_line(self._output)}")
        elif status == STATUS_PANIC:
            self._outcome.end(Verdict.CUT, "the guest panicked outside of any case: see serial.log")
        elif status == STATUS_DONE:
            if not self._outcome.log.whole:
                self._outcome.end(Verdict.CUT, "the guest left, but its log is not whole")
        elif status == 0 and started:
            self._outcome.end(Verdict.CUT, "QEMU ended before the guest's last line")
        else:
            verdict = Verdict.CRASH if started else Verdict.UNUSABLE
            self._outcome.end(verdict, f"QEMU {process.describe_exit(status)}: {telling_line(self._output)}")
