# SPDX-License-Identifier: BSD-2-Clause
"""Emulated hosts, whatever emulates them: Linux with KVM and the agent, which a link talks to."""

import shutil
import socket
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from harness.lab import initramfs
from harness.lab.in_host import Part
from harness.lab.link import OFF, RESET, Link, LinkError
from harness.lab.store import Store
from harness.system import process
from harness.system.errors import Cancelled
from harness.system.intake import said
from harness.system.last_words import telling_line
from harness.system.limits import Deadlines

ANSWER = 30.0
LAST_MOMENT = 0.5
STUCK = 10.0

ITSELF = "the emulated host"
PANIC = "Kernel panic"
FACT = b"release="  # one that is in every answer to a RESET

MEMORY_MIB = 512


class HostError(Exception):
    """The host cannot be had; the text is one line."""


@dataclass(frozen=True)
class Machine(ABC):
    """What a host is made of: a kernel, its modules unless they are built in, and the agent; and what emulates it.

    VMs in it have deadlines `slower` times as long, and take about `pace` times as long as in TCG here. Why gdb cannot
    step through every instruction there is in `no_stepping`; `software_breakpoints` is as in Platform.
    """

    kernel: Path
    modules: Path | None
    agent: Path

    wanted: ClassVar[tuple[str, ...]]  # modules; the last one is KVM's
    slower: ClassVar[float]
    pace: ClassVar[float]
    no_stepping: ClassVar[str]
    software_breakpoints: ClassVar[bool] = True

    def archive(self) -> bytes:
        return initramfs.build(self.agent.read_bytes(), self.modules, self.wanted)

    @property
    @abstractmethod
    def emulator_name(self) -> str:
        """What emulates it, for people."""

    @property
    def facts(self) -> dict[str, str]:
        """What known bugs can depend on."""
        return {}

    def refusal(self, case: str, debugger: str) -> str:
        """Why a case (NAME@MODE) is not run there in a debugger mode; empty if it is."""
        return ""

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
    def boot(self, archive: Path, store: Store) -> None:
        """Boots with this initramfs, leaves in the directory where that lies what restore() goes on from, and ends."""

    @abstractmethod
    def restore(self, state: Path, store: Store) -> None:
        """Starts from what boot() left in `state`, and makes the files of the store.

        Of what boot_waiting() left, QEMU waits in it instead.
        """

    def boot_waiting(self, state: Path, store: Store, options: list[str], directory: Path) -> None:
        """Starts from `state`, has QEMU wait with these options, leaves that in the directory, and ends."""
        raise HostError("an emulator like this cannot keep a host as it is")

    @property
    def directory(self) -> Path:
        """One of its own, which ends with it."""
        return self._private.path

    @property
    def link(self) -> Path:
        """A UNIX socket, for one user at a time."""
        return self.directory / "link"

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def connect(self) -> socket.socket:
        """The link, with a deadline. Raises HostError."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self._deadlines(ANSWER))
        try:
            connection.connect(str(self.link))
        except OSError as error:
            connection.close()
            raise HostError(self._why(f"its link is not there: {error.strerror}")) from None
        return connection

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
        with self.connect() as connection:
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

        def greet(link: Link) -> None:
            self.facts = link.greet(self._deadlines(deadline))
            if parts:
                link.make_files(parts)
                self.facts = link.greet(self._deadlines(deadline))

        self._talk(greet)

    def _talk(self, use: Callable[[Link], Any]) -> Any:
        """What `use` makes of the link."""
        with self.connect() as connection:
            try:
                return use(Link(connection))
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
        return said(self._console)

    def _last_words(self) -> str:
        """How an emulator that has ended did so."""
        words = telling_line(said(self._output).splitlines())
        return f"the emulator {process.describe_exit(self._child.wait())}: {words}"
