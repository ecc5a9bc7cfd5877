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

from harness.lab import inside
from harness.lab import link as frames
from harness.lab.link import Link, LinkError

ANSWER = 60.0  # seconds
AGAIN = 0.05  # seconds until the next try to connect to a QEMU that does not listen yet

FILES = ("-kernel", "-initrd")


@dataclass
class Channel:
    """One of QEMU's sockets: here at `path`, where it listens or connects as QEMU does, and in the host."""

    number: int
    path: str
    there: str
    listens: bool
    listener: socket.socket | None = None
    connection: socket.socket | None = None
    connected: bool = False  # in the host
    retry: float = 0.0


class Session:
    """One QEMU in the host behind the link."""

    def __init__(self, link: Link, options: list[str]) -> None:
        self._link = link
        self._channels: dict[int, Channel] = {}
        self._files: dict[str, str] = {}
        self._selector = selectors.DefaultSelector()
        self._command = [inside.PROGRAM, "-L", inside.FIRMWARE, *self._translated(options)]

    def _translated(self, options: list[str]) -> list[str]:
        """The options as they are in the host; notes the sockets and the files."""
        translated = []
        for before, word in zip(["", *options], options):
            if before in FILES:
                self._files[word] = inside.TEMPORARY + os.path.basename(word)
                word = self._files[word]
            elif before == "-chardev" and word.startswith("socket,"):
                word = self._carry(word, "path=")
            elif word.startswith("unix:"):
                word = self._carry(word, "unix:")
            translated.append(word)
        return translated

    def _carry(self, word: str, key: str) -> str:
        """Notes the UNIX socket that an option names, if it does; the option as it is in the host."""
        parts = word.split(",")
        for number, part in enumerate(parts):
            if part.startswith(key):
                path = part.removeprefix(key)
                there = inside.TEMPORARY + os.path.basename(path)
                channel = Channel(len(self._channels) + 1, path, there, bool({"server=on", "server"} & set(parts)))
                self._channels[channel.number] = channel
                parts[number] = key + there
        return ",".join(parts)

    def run(self) -> int:
        """Starts QEMU and carries everything until it has ended; its wait status."""
        self._link.greet(ANSWER)
        for source, there in self._files.items():
            try:
                self._link.write_file(there, Path(source).read_bytes())
            except OSError:
                pass  # QEMU will say so
        for channel in self._channels.values():
            if not channel.listens:
                self._link.send(frames.LISTEN, channel.number, channel.there.encode())
        self._link.execute(self._command)
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

    # from the host

    def _on_link(self) -> None:
        for kind, number, data in self._link.take():
            if kind == frames.EXECUTE:
                self._status = int.from_bytes(data, "little")
            elif kind == frames.DATA and number == frames.OUTPUT:
                os.write(sys.stdout.fileno(), data)
            elif channel := self._channels.get(number):
                self._on_frame(channel, kind, data)

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


def serve(path: Path, idle: Path | None, options: list[str]) -> int:
    """Runs QEMU with these options in the host whose link is `path`; its wait status.

    The file `idle` is made when it has ended in good order, so that the host can be used again.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        status = Session(Link(connection), options).run()
    if idle:
        idle.touch()
    return status


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
    """The arguments are a link, a file for serve(), and QEMU's options."""
    path, idle, *options = arguments
    try:
        return end_like(serve(Path(path), Path(idle), options))
    except LinkError as error:
        print(f"trapline: {error}", file=sys.stderr)
        return 1
