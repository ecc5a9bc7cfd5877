# SPDX-License-Identifier: BSD-2-Clause
"""QMP, as much of it as it takes to watch a QEMU: commands in, replies and events out.

QEMU Machine Protocol Specification (docs/interop/qmp-spec): one JSON object a line each way.
"""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from harness.system import limits
from harness.system.printable import printable, shortened
from harness.system.intake import Intake, Pace, pieces

LONGEST_MESSAGE = 1 << 20  # bytes; the longest that a boot asks for, all registers of 255 vCPUs, has less

T = TypeVar("T")


class QMPError(Exception):
    """The other side is gone, or refused a command; the text is fit to be shown."""

    def __init__(self, text: str) -> None:
        super().__init__(shortened(printable(text)))


class QMPRefusal(QMPError):
    """The other side refused a command."""


class MonitorEvent(NamedTuple):
    """An event, no more of it than is looked at: whoever sends many long ones before they are taken fills no memory."""

    name: str
    of_reset: bool = False  # QEMU shuts down because the guest was reset


class QMP:
    """One connection. `execute` may be called from one thread at a time, events come on another."""

    def __init__(
        self,
        connection: socket.socket,
        on_event: Callable[[MonitorEvent], None],
        deadline: float,
        on_flood: Callable[[str], None] = lambda why: None,
    ) -> None:
        """Takes QEMU's greeting and enters command mode; `deadline` in seconds bounds each reply.

        `on_flood` hears why no more is taken, where it says too much.
        """
        self._connection = connection
        self._on_event = on_event
        self._on_flood = on_flood
        self._over = threading.Event()
        self._deadline = deadline
        self._reply: dict | None = None
        self._arrived = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self._wait("the greeting")
        self.execute("qmp_capabilities")

    def _read(self) -> None:
        intake = Intake(replace(limits.BOUND, line=LONGEST_MESSAGE))
        pace = Pace()
        try:
            for data in pieces(self._connection, self._over.is_set):
                kinds = {self._take(_message(line)) for line in intake.take(data)[1]}
                if intake.cut:
                    self._on_flood(intake.cut)
                    break
                if kinds == {"event"}:
                    pace.rest()
        except (ValueError, RecursionError):
            pass  # who does not speak QMP is as good as gone
        with self._arrived:
            self._closed = True
            self._arrived.notify_all()

    def _take(self, message: dict) -> str:
        """Takes a message; says which kind it is."""
        if "event" in message:
            self._on_event(MonitorEvent(message["event"], message.get("data", {}).get("reason") == "guest-reset"))
            return "event"
        with self._arrived:
            self._reply = message
            self._arrived.notify_all()
        return "reply"

    def _wait(self, what: str) -> dict:
        with self._arrived:
            self._arrived.wait_for(lambda: self._reply is not None or self._closed, self._deadline)
            reply, self._reply = self._reply, None
        if reply is None:
            raise QMPError(f"QEMU did not send {what}" if not self._closed else f"QEMU closed QMP before {what}")
        return reply

    def execute(self, command: str, **arguments):
        """Runs a command and returns what it returns."""
        request = {"execute": command} | ({"arguments": arguments} if arguments else {})
        try:
            self._connection.sendall(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise QMPError(f"{command}: {error}") from None
        reply = self._wait(f"its answer to {command}")
        if "error" in reply:
            raise QMPRefusal(f"{command}: {reply['error'].get('desc', 'without a word')}")
        return reply.get("return")

    def ask(self, look: Callable[[Any], T], command: str, **arguments) -> T:
        """What `look` makes of what a command returns. Raises QMPError where that has another form."""
        answer = self.execute(command, **arguments)
        try:
            return look(answer)
        except (TypeError, LookupError, AttributeError, ValueError):
            raise QMPError(f"{command}: QEMU answers in another form") from None

    def wait_for_end(self, deadline: float) -> None:
        """Waits, `deadline` seconds at most, until QEMU has said all that it will."""
        self._thread.join(deadline)

    def close(self) -> None:
        """Ends the connection and its thread."""
        self._over.set()
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._thread.join()
        self._connection.close()


def _message(line: bytes) -> dict:
    """A message as QMP has it, as far as everybody looks into it. Raises ValueError, or RecursionError."""
    message = json.loads(line.decode("utf-8", "replace"))
    if not isinstance(message, dict) or not all(isinstance(message.get(part, {}), dict) for part in ("data", "error")):
        raise ValueError("no message of QMP's")
    return message
