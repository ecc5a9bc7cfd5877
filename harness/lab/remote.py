# SPDX-License-Identifier: BSD-2-Clause
"""Runs QEMU in an emulated host as if it ran here: same options, same sockets, same output and exit status.

Its UNIX sockets are carried over the host's link: where QEMU connects to one, this process does; where it
listens, this process listens. The files of -kernel and -initrd are copied.
"""

import os
import resource
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from harness.lab import in_host, link as frames
from harness.lab.link import IDLE, Link, LinkError
from harness.lab.options import Socket, translate
from harness.lab.preconfigured import ERROR, FILE, RETURN, Waiting, answers_due, read, send_files, split

ANSWER = 60.0  # seconds
AGAIN = 0.05  # seconds until the next try to connect to a QEMU that does not listen yet


@dataclass
class Channel(Socket):
    """One of QEMU's sockets: here at `path`, where it listens or connects as QEMU does, and in the host."""

    listener: socket.socket | None = None
    connection: socket.socket | None = None
    connected: bool = False  # in the host
    retry: float = 0.0


class Session:
    """One QEMU in the host at the other end of the link."""

    def __init__(self, link: Link, options: list[str], waiting: Waiting | None = None) -> None:
        """`waiting` is a QEMU that has been told to go on with these options, if that is what it has waited with."""
        self._link = link
        self._asked = translate(options)
        self._channels = {socket.number: Channel(**vars(socket)) for socket in self._asked.sockets}
        self._waiting = waiting if waiting and waiting.words == split(self._asked.words)[0] else None
        self._answers, self._due = "", answers_due(self._asked) if self._waiting else 0
        self._selector = selectors.DefaultSelector()

    def run(self) -> int:
        """Starts QEMU, unless it has been, and carries everything until it has ended; its wait status."""
        if self._waiting is None:
            self._start()
        self._selector.register(self._link.connection, selectors.EVENT_READ, self._on_link)
        for channel in self._channels.values():
            if channel.listens:
                self._listen(channel)
        self._status: int | None = None
        while self._status is None:
            for key, _ in self._selector.select(AGAIN):
                key.data()
            for channel in self._channels.values():
                if channel.retry and time.monotonic() > channel.retry:
                    self._connect_inside(channel)
        return self._status

    def _start(self) -> None:
        self._link.greet(ANSWER)
        send_files(self._link, self._asked)
        for channel in self._channels.values():
            if not channel.listens:
                self._link.send(frames.LISTEN, channel.number, channel.there.encode())
        self._link.execute([*in_host.COMMAND, *self._asked.words])

    # from the host

    def _on_link(self) -> None:
        for kind, number, data in self._link.take():
            if kind == frames.EXECUTE:
                self._status = int.from_bytes(data, "little")
            elif kind == frames.DATA and number == frames.OUTPUT:
                os.write(sys.stdout.fileno(), data)
            elif self._waiting and number == self._waiting.monitor:
                self._on_answer(self._waiting, data.decode("utf-8", "replace"))
            elif channel := self._channels.get(number):
                self._on_frame(channel, kind, data)

    def _on_answer(self, waiting: Waiting, answer: str) -> None:
        """When the QEMU that has waited has made its machine: hands on what it has opened, and has said there."""
        if not self._due:
            return  # an event
        self._answers += answer
        if ERROR in self._answers:
            raise LinkError(f"QEMU does not go on: {self._answers.strip()}")
        if self._answers.count(RETURN) < self._due:
            return
        self._due = 0
        for channel in self._channels.values():
            if not channel.listens:
                self._connect_here(channel)
                self._on_frame(channel, frames.DATA, waiting.said[channel.number].encode())

    def _on_frame(self, channel: Channel, kind: bytes, data: bytes) -> None:
        if kind == frames.DATA and channel.connection:
            try:
                channel.connection.sendall(data)
            except OSError:
                self._close(channel, tell=True)
        elif kind == frames.CONNECT and channel.listens:
            channel.connected = True
            self._watch(channel)
        elif kind == frames.CONNECT:
            self._connect_here(channel)
        elif kind == frames.END and channel.listens and not channel.connected:
            if channel.connection:  # else both ends have closed it at once
                channel.retry = time.monotonic() + AGAIN
        elif kind == frames.END:
            self._close(channel, tell=False)

    def _connect_here(self, channel: Channel) -> None:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(channel.path)
        except OSError:
            connection.close()
            self._link.send(frames.END, channel.number)
            return
        channel.connection = connection
        self._watch(channel)

    # from here

    def _listen(self, channel: Channel) -> None:
        channel.listener = socket.socket(socket.AF_UNIX)
        channel.listener.bind(channel.path)
        channel.listener.listen(1)
        self._selector.register(channel.listener, selectors.EVENT_READ, lambda: self._accept(channel))

    def _accept(self, channel: Channel) -> None:
        self._selector.unregister(channel.listener)
        channel.connection, _ = channel.listener.accept()
        self._connect_inside(channel)

    def _connect_inside(self, channel: Channel) -> None:
        channel.retry = 0.0
        self._link.send(frames.CONNECT, channel.number, channel.there.encode())

    def _watch(self, channel: Channel) -> None:
        connection = channel.connection
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._on_here(channel, connection))

    def _on_here(self, channel: Channel, connection: socket.socket) -> None:
        if connection is not channel.connection:
            return  # closed by what came from the host meanwhile
        try:
            data = connection.recv(frames.PIECE)
        except OSError:
            data = b""
        if data:
            self._link.send(frames.DATA, channel.number, data)
        else:
            self._close(channel, tell=True)

    def _close(self, channel: Channel, tell: bool) -> None:
        """Ends the connection; where QEMU listens, the next one may come."""
        if tell:
            self._link.send(frames.END, channel.number)
        if channel.connection:
            self._selector.unregister(channel.connection)
            channel.connection.close()
        channel.connection, channel.connected = None, False
        if channel.listener:
            self._selector.register(channel.listener, selectors.EVENT_READ, lambda: self._accept(channel))


def serve(connection: socket.socket, options: list[str], waiting: Waiting | None = None) -> int:
    """Runs QEMU, or the one that has waited, with these options at the other end of this link; its wait status."""
    with connection:
        connection.settimeout(None)
        return Session(Link(connection), options, waiting).run()


def end_like(status: int) -> int:
    """Ends as the wait status says: by the same signal, or returns the same exit status."""
    if not os.WIFSIGNALED(status):
        return os.waitstatus_to_exitcode(status)
    number = os.WTERMSIG(status)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number


def main(arguments: list[str]) -> int:
    """The arguments are a directory of the host's, and QEMU's options; standard input is the link.

    The file IDLE is made there when QEMU has ended in good order, so that the host can be used again.
    """
    directory, *options = arguments
    link = socket.socket(fileno=sys.stdin.fileno())
    waiting = Path(directory) / FILE
    try:
        status = serve(link, options, read(waiting))
    except LinkError as error:
        print(f"trapline: {error}", file=sys.stderr)
        return 1
    waiting.unlink(missing_ok=True)
    (Path(directory) / IDLE).touch()
    return end_like(status)
