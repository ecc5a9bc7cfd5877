# SPDX-License-Identifier: BSD-2-Clause
"""Proxies between a real gdb and a real gdbstub: one that is faithful, and some that lie about stops.

The remote protocol is question and answer (gdb's manual, appendix "Remote Protocol"), so a proxy takes turns:
it reads a packet of gdb's, asks the gdbstub, and tells gdb. Acknowledgements are each connection's own.
"""

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

PACKET = re.compile(rb"\$([^#]*)#..", re.DOTALL)


def is_resume(packet: bytes) -> bool:
    return packet.startswith((b"vCont;", b"c", b"s"))


def is_step(packet: bytes) -> bool:
    return packet.startswith((b"vCont;s", b"s"))


def is_stop(packet: bytes) -> bool:
    return packet.startswith((b"T", b"S"))


class Peer:
    """One connection that speaks the remote protocol."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._packets = self._received()

    def send(self, packet: bytes) -> None:
        self.connection.sendall(b"$%s#%02x" % (packet, sum(packet) % 256))

    def receive(self) -> bytes | None:
        """The next packet; None if there will be none."""
        return next(self._packets, None)

    def _received(self) -> Iterator[bytes]:
        rest = b""
        while data := self.connection.recv(65536):
            rest += data
            while found := PACKET.search(rest):
                rest = rest[found.end() :]
                self.connection.sendall(b"+")
                yield found.group(1)


class Proxy(threading.Thread):
    """Takes gdb's connection on `listener`, and the gdbstub's at `address`; changes nothing.

    Others act on the `nth` time that gdb lets the guest go on, and then `meddled` is set.
    """

    def __init__(self, listener: socket.socket, address: Path, nth: int = 0) -> None:
        super().__init__(daemon=True)
        self._listener = listener
        self._address = address
        self._nth = nth
        self._resumed = 0
        self.meddled = threading.Event()

    def run(self) -> None:
        with self._listener.accept()[0] as gdb, socket.socket(socket.AF_UNIX) as stub:
            try:
                stub.connect(str(self._address))
                self._serve(Peer(gdb), Peer(stub))
            except OSError:
                pass  # one of them has been killed

    def _serve(self, gdb: Peer, stub: Peer) -> None:
        self._stub = stub
        while (question := gdb.receive()) is not None:
            for answer in self._answers(question):
                if answer is None:
                    return
                gdb.send(answer)

    def _ask(self, question: bytes) -> bytes | None:
        """The gdbstub's answer; None if it is gone."""
        self._stub.send(question)
        return self._stub.receive()

    def _answers(self, question: bytes) -> list[bytes | None]:
        """What gdb is told."""
        self._resumed += is_resume(question)
        if is_resume(question) and self._resumed == self._nth:
            self.meddled.set()
            return self._lies(question)
        return [self._ask(question)]

    def _lies(self, question: bytes) -> list[bytes | None]:
        """What gdb is told the `nth` time that it lets the guest go on."""
        return [self._ask(question)]


class Losing(Proxy):
    """A stop is lost."""

    def _lies(self, question: bytes) -> list[bytes | None]:
        assert is_stop(self._ask(question))
        return []


class Twice(Proxy):
    """A stop is told twice in a row."""

    def _lies(self, question: bytes) -> list[bytes | None]:
        return [self._ask(question)] * 2


class Premature(Proxy):
    """A stop is told, and the guest has not moved."""

    def _lies(self, question: bytes) -> list[bytes | None]:
        return [b"T05thread:p01.01;"]


class Late(Proxy):
    """A step lands one instruction late."""

    def _lies(self, question: bytes) -> list[bytes | None]:
        assert is_step(question) and is_stop(self._ask(question))
        return [self._ask(question)]


class Swapping(Proxy):
    """Two steps are told in the wrong order: of the two, gdb sees the second one's registers first."""

    def __init__(self, listener: socket.socket, address: Path, nth: int = 0) -> None:
        super().__init__(listener, address, nth)
        self._registers: list[bytes | None] = []

    def _answers(self, question: bytes) -> list[bytes | None]:
        if self._registers and question == b"g":
            return [self._registers.pop()]
        if self._registers and is_step(question):
            return [b"T05thread:p01.01;"]
        return super()._answers(question)

    def _lies(self, question: bytes) -> list[bytes | None]:
        assert is_step(question)
        for _ in range(2):
            stop = self._ask(question)
            self._registers.append(self._ask(b"g"))
        return [stop]


class Denying(Proxy):
    """A gdbstub that has nothing of what these packets begin with: no answer to a Z, no bits of qqemu.sstep."""

    packets: tuple[bytes, ...] = ()

    def _answers(self, question: bytes) -> list[bytes | None]:
        if question.upper().startswith(self.packets):
            return [b""]
        if question == b"qqemu.sstep" and question in self.packets:
            return [b"0x0"]
        return super()._answers(question)


class WithoutBreakpoints(Denying):
    """As QEMU answers where the accelerator has no breakpoints and no steps, as WHPX since QEMU 11."""

    packets = (b"Z0,", b"Z1,", b"Z2,", b"Z3,", b"Z4,", b"qqemu.sstep")


class WithoutSteps(Denying):
    """As QEMU answers where the accelerator has breakpoints, but no steps."""

    packets = (b"qqemu.sstep",)


class WithoutWatchpoints(Denying):
    packets = (b"Z2,", b"Z3,", b"Z4,")
