# SPDX-License-Identifier: BSD-2-Clause
"""The link to a host's agent: frames of a type, a channel and data (agent/link.h has what each type means)."""

import socket
import struct
from collections.abc import Iterable

from harness.lab.in_host import Part

RESET, STORE, WRITE, LISTEN, CONNECT = b"R", b"F", b"W", b"L", b"C"
DATA, END, EXECUTE, FAILURE, OFF = b"D", b"E", b"X", b"!", b"P"

HEADER = struct.Struct("<cBHI")
LARGEST = 65536
PIECE = LARGEST // 2  # of data, beside a path

# The channel of the program's output.
OUTPUT = 0

# The file beside a link that says that the host does nothing, and can be used again.
IDLE = "idle"


class LinkError(Exception):
    """The host is gone, or could not do what it was told."""


class Link:
    """One connection to one agent."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._rest = b""

    def send(self, kind: bytes, channel: int = 0, data: bytes = b"") -> None:
        try:
            self.connection.sendall(HEADER.pack(kind, channel, 0, len(data)) + data)
        except OSError as error:
            raise LinkError(f"the emulated host does not listen: {error}") from None

    def take(self) -> list[tuple[bytes, int, bytes]]:
        """Waits for data, and returns the frames that are whole, in their order: type, channel, data."""
        try:
            data = self.connection.recv(1 << 20)
        except TimeoutError:
            raise LinkError("the emulated host does not answer") from None
        except OSError as error:
            raise LinkError(f"the emulated host is gone: {error}") from None
        if not data:
            raise LinkError("the emulated host is gone")
        self._rest += data
        frames = []
        while len(self._rest) >= HEADER.size:
            kind, channel, _, size = HEADER.unpack_from(self._rest)
            end = HEADER.size + size
            if len(self._rest) < end:
                break
            body = self._rest[HEADER.size : end]
            self._rest = self._rest[end:]
            if kind == FAILURE:
                raise LinkError(f"the emulated host could not {body.decode('utf-8', 'replace')}")
            frames.append((kind, channel, body))
        return frames

    def greet(self, deadline: float) -> dict[str, list[str]]:
        """Ends what the host is doing; its facts, each with its values."""
        self.connection.settimeout(deadline)
        self.send(RESET)
        while True:
            for kind, _, data in self.take():
                if kind == RESET:
                    self.connection.settimeout(None)
                    return _facts(data.decode("utf-8", "replace"))

    def make_files(self, parts: Iterable[Part]) -> None:
        """Makes files of the host's store."""
        for part in parts:
            self.send(STORE, 0, struct.pack("<QQI", part.offset, part.size, part.mode) + part.path.encode() + b"\0")

    def write_file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Makes a file of data from here."""
        for at in range(0, max(len(data), 1), PIECE):
            head = struct.pack("<I", mode if at == 0 else 0) + path.encode() + b"\0"
            self.send(WRITE, 0, head + data[at : at + PIECE])

    def execute(self, command: list[str]) -> None:
        self.send(EXECUTE, 0, b"".join(word.encode() + b"\0" for word in command))


def _facts(text: str) -> dict[str, list[str]]:
    facts: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, _, value = line.partition("=")
        facts.setdefault(key, []).append(value)
    return facts
