# SPDX-License-Identifier: BSD-2-Clause
"""Joins a host's link, a TCP connection that Bochs makes once for its serial port, to a UNIX socket.

There, users come one after the other, as with a socket of QEMU's. What the host says while there is none is lost.
"""

import os
import selectors
import socket
import threading
from collections.abc import Callable
from pathlib import Path

PIECE = 65536
INTERVAL = 0.1  # seconds


class Relay:
    """Carries both ways, in a thread of its own, until it is closed."""

    def __init__(self, path: Path, host: socket.socket, now_and_then: Callable[[], None]) -> None:
        """`host` is the connection to the host. The thread calls `now_and_then` several times a second."""
        self._host = host
        self._now_and_then = now_and_then
        self._user: socket.socket | None = None
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(1)
        self._stop, self._stopped = os.pipe()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._stop, selectors.EVENT_READ, None)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(host, selectors.EVENT_READ, self._from_host)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        os.close(self._stopped)
        self._thread.join()
        self._end_user()
        self._listener.close()
        self._host.close()
        self._selector.close()
        os.close(self._stop)

    def _run(self) -> None:
        while True:
            self._now_and_then()
            for key, _ in self._selector.select(INTERVAL):
                if key.data is None:
                    return
                key.data()

    def _accept(self) -> None:
        if self._listener.fileno() < 0:
            return  # closed, by the end of the host
        self._selector.unregister(self._listener)
        self._user, _ = self._listener.accept()
        self._selector.register(self._user, selectors.EVENT_READ, self._from_user)

    def _end_user(self) -> None:
        if self._user:
            self._selector.unregister(self._user)
            self._user.close()
            self._user = None

    def _next_user(self) -> None:
        self._end_user()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def _from_user(self) -> None:
        if self._user is None:
            return  # gone by what came from the host meanwhile
        data = _receive(self._user)
        if not data:
            self._next_user()
            return
        try:
            self._host.sendall(data)
        except OSError:
            self._next_user()

    def _from_host(self) -> None:
        data = _receive(self._host)
        if not data:
            # Who connects from now on is told so too.
            self._selector.unregister(self._host)
            if self._user is None:
                self._selector.unregister(self._listener)
            self._listener.close()
            self._end_user()
        elif self._user:
            try:
                self._user.sendall(data)
            except OSError:
                self._next_user()


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(PIECE)
    except OSError:
        return b""
