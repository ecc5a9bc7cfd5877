# SPDX-License-Identifier: BSD-2-Clause
"""Emulated hosts, whatever emulates them: Linux with KVM and the agent, which a link talks to.

One is booted once for each kernel and emulator. The state that it is in then is kept, and each later host goes on
from there.
"""

import hashlib
import shutil
import socket
import subprocess
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from harness import process
from harness.errors import Cancelled
from harness.lab import cache, initramfs
from harness.lab.inside import Part
from harness.lab.link import OFF, RESET, Link, LinkError
from harness.outcome import Deadlines
from harness.output import telling_line

ANSWER = 30.0
LAST_MOMENT = 0.5
STUCK = 10.0

ITSELF = "the emulated host"
PANIC = "Kernel panic"
FACT = b"release="  # one that is in every answer to a RESET

MEMORY_MIB = 512
ROOM_MIB = MEMORY_MIB + 64  # on the disk, to boot one

# How many states are kept, of a hundred MiB or so each: the ones used last.
STATES = 12


class HostError(Exception):
    """The host cannot be had; the text is one line."""


@dataclass(frozen=True)
class Machine(ABC):
    """What a host is made of: a kernel, its modules unless they are built in, and the agent; and what emulates it."""

    kernel: Path
    modules: Path | None
    agent: Path

    wanted: ClassVar[tuple[str, ...]]  # modules; the last one is KVM's

    def archive(self) -> bytes:
        return initramfs.build(self.agent.read_bytes(), self.modules, self.wanted)

    def state_name(self, archive: bytes) -> str:
        """The name of the state of a host like this, which is another one where anything differs that matters."""
        parts = [str(cache.FORMAT).encode(), self.kernel.read_bytes(), archive, self.identity().encode()]
        digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts))
        return f"{cache.STATE}{digest.hexdigest()[:16]}"

    @property
    @abstractmethod
    def emulator_name(self) -> str:
        """What emulates it, for people."""

    @property
    def facts(self) -> dict[str, str]:
        """What known bugs can depend on."""
        return {}

    @abstractmethod
    def identity(self) -> str:
        """The emulator's version and settings, as far as a state depends on them."""

    @abstractmethod
    def new_host(self, deadlines: Deadlines) -> "Host":
        """A host like this, which is off."""


class Host(ABC):
    """A host that is off, and runs after restore(). `facts` are what its agent says of it."""

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._private = process.PrivateDirectory()
        self._child: subprocess.Popen | None = None
        self.facts: dict[str, list[str]] = {}

    @abstractmethod
    def boot(self, archive: Path) -> None:
        """Boots with this initramfs, leaves in the directory where that lies what restore() goes on from, and ends.

        What else it needs for that it removes.
        """

    @abstractmethod
    def restore(self, state: Path, store: Path, parts: list[Part]) -> None:
        """Starts from what boot() left in `state`, with these files in the store, and makes them."""

    @property
    def link(self) -> Path:
        """A UNIX socket, for one user at a time."""
        return self._private.path / "link"

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def rest(self) -> None:
        """Nobody uses it for now."""

    def resume(self) -> None:
        """Ends rest()."""

    def death(self) -> str:
        """How the emulator ended, if it has or is about to; empty if it runs."""
        return self._why("") if self._ends() else ""

    def stuck(self) -> bool:
        """Whether it does not answer any more, now that nobody else talks to it."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(self._deadlines(STUCK))
            said = b""
            try:
                connection.connect(str(self.link))
                Link(connection).send(RESET)
                while FACT not in said:  # what it was saying before comes first
                    data = connection.recv(65536)
                    if not data:
                        return True
                    said += data
            except (OSError, LinkError):
                return True
        return False

    def keep_logs(self, folder: Path) -> None:
        """Copies what the emulator and the host's kernel said to emulator.log and console.log."""
        for source, name in ((self._output, "emulator.log"), (self._console, "console.log")):
            if source.exists():
                shutil.copyfile(source, folder / name)

    def power_off(self) -> None:
        """Turns it off, in good order."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.link))
            link = Link(connection)
            link.greet(self._deadlines(ANSWER))
            link.send(OFF)
            self._child.wait(self._deadlines(ANSWER))

    def close(self) -> None:
        """Ends it, whatever it does."""
        if self._child:
            process.stop(self._child)
        self._private.__exit__()

    # for the emulators' modules

    @property
    def _console(self) -> Path:
        return self._private.path / "console"

    @property
    def _output(self) -> Path:
        return self._private.path / "output"

    def _greet(self, deadline: float, parts: list[Part] = ()) -> None:
        """Asks the agent for the facts, and has it make the files."""
        connection = socket.socket(socket.AF_UNIX)
        with connection:
            connection.connect(str(self.link))
            link = Link(connection)
            try:
                self.facts = link.greet(self._deadlines(deadline))
                if parts:
                    link.make_files(parts)
                    self.facts = link.greet(self._deadlines(deadline))
            except LinkError as error:
                raise HostError(self._why(str(error))) from None

    def _why(self, otherwise: str) -> str:
        """Why the host does not do what it should: the emulator's last words, or the kernel's."""
        if process.stopping():
            raise Cancelled
        console = self._said()
        panics = [line for line in console.splitlines() if PANIC in line]
        if panics:
            return f"{ITSELF} does not boot: {panics[0].strip()}"
        if self._ends():
            return self._last_words()
        lines = console.strip().splitlines()
        return otherwise + (f"; its kernel's last line is: {lines[-1].strip()}" if lines else "")

    def _ends(self) -> bool:
        """Whether the emulator has ended, or is about to."""
        try:
            self._child.wait(LAST_MOMENT)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _said(self) -> str:
        """What the host's kernel has said on its console."""
        return self._console.read_text(encoding="utf-8", errors="replace") if self._console.exists() else ""

    def _last_words(self) -> str:
        """How an emulator that has ended did so."""
        output = self._output.read_text(encoding="utf-8", errors="replace").splitlines()
        return f"the emulator {process.describe_exit(self._child.wait())}: {telling_line(output)}"


def make_state(machine: Machine, archive: bytes, directory: Path, deadlines: Deadlines) -> None:
    """Boots a host, and leaves its state in the directory."""
    (directory / "initramfs").write_bytes(archive)
    host = machine.new_host(deadlines)
    try:
        host.boot(directory / "initramfs")
    except HostError as error:
        words = str(error)
        raise HostError(words if words.startswith(ITSELF) else f"{ITSELF} does not boot: {words}") from None
    finally:
        host.close()


def state_of(machine: Machine, deadlines: Deadlines, say: Callable[[str], None]) -> Path:
    """The directory with the state of a booted host like this; boots one if there is none yet."""
    archive = machine.archive()
    name = machine.state_name(archive)
    place = cache.root() / name
    if (place / cache.TABLE).exists():
        cache.touch(place)
        return place

    def build(directory: Path) -> tuple[str, dict]:
        free = shutil.disk_usage(directory).free >> 20
        if free < ROOM_MIB:
            raise HostError(f"{cache.root()} has {free} MiB free, and a booted host takes up to {ROOM_MIB}")
        make_state(machine, archive, directory, deadlines)
        return name, {"kind": "host"}

    with cache.locked(lambda: say("another command fetches or boots: waiting for it")):
        if not (place / cache.TABLE).exists():
            say(f"booting an emulated host with {machine.kernel} for the first time")
            try:
                cache.make(build)
            except OSError as error:
                raise HostError(f"{cache.root()}: {error.strerror}") from None
            cache.forget_states(STATES)
    return place


class Hosts:
    """Hosts of one kind, with one QEMU in them: each is lent to one user at a time, and kept for the next."""

    def __init__(self, machine: Machine, state: Path, store: Path, parts: list[Part], deadlines: Deadlines) -> None:
        self._machine = machine
        self._state = state
        self._store = store
        self._parts = parts
        self._deadlines = deadlines
        self._idle: list[Host] = []
        self._lock = threading.Lock()

    def borrow(self) -> Host:
        """A host that does nothing. Raises HostError."""
        with self._lock:
            while self._idle:
                host = self._idle.pop()
                if host.alive:
                    host.resume()
                    return host
                host.close()
        host = self._machine.new_host(self._deadlines)
        try:
            host.restore(self._state, self._store, self._parts)
        except BaseException:
            host.close()
            raise
        return host

    def give_back(self, host: Host, idle: bool) -> None:
        """Takes a host back; one that is not known to be idle is ended."""
        if idle and host.alive:
            host.rest()
            with self._lock:
                self._idle.append(host)
        else:
            host.close()

    def cold(self, directory: Path) -> None:
        """Boots one of these hosts from nothing, into a directory of the caller's; for measuring."""
        make_state(self._machine, self._machine.archive(), directory, self._deadlines)

    def empty(self) -> None:
        """Restores a host and turns it off again; for measuring."""
        host = self._machine.new_host(self._deadlines)
        try:
            host.restore(self._state, self._store, [])
            host.power_off()
        finally:
            host.close()

    def close(self) -> None:
        """Ends the hosts that are idle."""
        with self._lock:
            for host in self._idle:
                host.close()
            self._idle.clear()
