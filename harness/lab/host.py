# SPDX-License-Identifier: BSD-2-Clause
"""One emulated host: Linux with KVM on QEMU's emulated AMD CPU.

It is booted once for each kernel and emulator. The state that it is in then is kept: its memory as a file,
which each later host maps copy-on-write, and the devices as a migration stream (QEMU: docs/system/vm-templating).
"""

import hashlib
import json
import shlex
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness import process
from harness.errors import Cancelled
from harness.lab import cache, fetch, initramfs
from harness.lab.inside import Part
from harness.lab.link import OFF, Link, LinkError
from harness.lab.store import SIZE
from harness.outcome import Deadlines
from harness.output import telling_line
from harness.qmp import QMP, QMPError

BOOT = 120.0  # seconds; a host that works is up
RESTORE = 30.0
ANSWER = 30.0
LAST_MOMENT = 0.5

MEMORY_MIB = 512
ROOM_MIB = MEMORY_MIB + 64  # on the disk, to boot one
CPUS = 2

# How many states are kept, of a hundred MiB or so each: the ones used last.
STATES = 12

# Without these, the kernel moves memory by quadwords instead of by bytes, which TCG does one by one.
CPU = "max,erms=off,fsrm=off"

# The first port of the first virtio device, and the drive.
DEVICES = {"LINK": "/dev/vport0p1", "STORE": "/dev/vda"}
KERNEL_OPTIONS = "console=ttyS0 panic=-1 nokaslr"


class HostError(Exception):
    """The host cannot be had; the text is one line."""


@dataclass(frozen=True)
class Machine:
    """What a host is made of: a kernel, its modules unless they are built in, the agent, and the emulator."""

    kernel: Path
    modules: Path | None
    agent: Path
    emulator: Path

    def archive(self) -> bytes:
        return initramfs.build(self.agent.read_bytes(), self.modules)

    def state_name(self, archive: bytes) -> str:
        """The name of the state of a host like this, which is another one where anything differs that matters."""
        parts = [
            str(cache.FORMAT).encode(),
            self.kernel.read_bytes(),
            archive,
            repr(fetch.qemu_version(self.emulator)).encode(),
            repr((_options(self), SIZE)).encode(),
        ]
        digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts))
        return f"{cache.STATE}{digest.hexdigest()[:16]}"


def _options(machine: Machine) -> list[str]:
    """The emulator's options that a booted host and its copies have in common, but for files."""
    line = " ".join([KERNEL_OPTIONS, *(f"{name}={value}" for name, value in DEVICES.items())])
    return [
        *("-accel", "tcg,thread=multi"),
        *("-machine", "pc,memory-backend=ram"),
        *("-cpu", CPU),
        *("-smp", str(CPUS)),
        *("-m", str(MEMORY_MIB)),
        *("-nodefaults", "-no-user-config"),
        *("-display", "none"),
        "-no-reboot",
        *("-append", line),
        *("-device", "virtio-serial-pci,addr=2"),
        *("-device", "virtserialport,chardev=link"),
        *("-device", "virtio-blk-pci,drive=store,addr=3"),
    ]


class Host:
    """A running host. `facts` are what its agent says of it; its link is the UNIX socket `link`."""

    def __init__(self, machine: Machine, deadlines: Deadlines) -> None:
        self._machine = machine
        self._deadlines = deadlines
        self._private = process.PrivateDirectory()
        self._qmp: QMP | None = None
        self._child: subprocess.Popen | None = None
        self.facts: dict[str, list[str]] = {}

    @property
    def link(self) -> Path:
        return self._private.path / "link"

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def death(self) -> str:
        """How the emulator ended, if it has or is about to; empty if it runs."""
        try:
            self._child.wait(LAST_MOMENT)
        except subprocess.TimeoutExpired:
            return ""
        return self._why("it ended")

    def keep_logs(self, folder: Path) -> None:
        """Copies what the emulator and the host's kernel said to emulator.log and console.log."""
        shutil.copyfile(self._output, folder / "emulator.log")
        shutil.copyfile(self._console, folder / "console.log")

    def boot(self, archive: Path, memory: Path) -> None:
        """Boots with this initramfs, with the host's memory in a file."""
        store = archive.with_name("store")
        with store.open("wb") as file:
            file.truncate(SIZE)
        self._start(archive, memory, store, "on", [])
        self._qmp.execute("cont")
        self.greet(BOOT)

    def save(self, target: Path) -> None:
        """Writes the state of everything but the memory, and ends the host."""
        self._qmp.execute("stop")
        self._ignore_shared()
        self._qmp.execute("migrate", uri=f"exec:cat >{shlex.quote(str(target))}")
        self._await(lambda: self._qmp.execute("query-migrate").get("status"), "completed", RESTORE)
        self._qmp.execute("quit")
        self._child.wait(self._deadlines(ANSWER))

    def restore(self, state: Path, store: Path, parts: list[Part]) -> None:
        """Starts from what save() left in `state`, with other files in the store, and makes these."""
        self._start(state / "initramfs", state / "memory", store, "off", ["-incoming", "defer"])
        self._ignore_shared()
        self._qmp.execute("migrate-incoming", uri=f"exec:cat {shlex.quote(str(state / 'devices'))}")
        self._await(lambda: self._qmp.execute("query-migrate").get("status"), "completed", RESTORE)
        self._qmp.execute("cont")
        self.greet(ANSWER, parts)

    def greet(self, deadline: float, parts: list[Part] = ()) -> None:
        """Asks the agent for the facts, and has it make the files."""
        connection = socket.socket(socket.AF_UNIX)
        with connection:
            connection.connect(str(self.link))
            try:
                self.facts = self._watched(Link(connection), deadline, parts)
            except LinkError as error:
                raise HostError(self._why(str(error))) from None

    def _watched(self, link: Link, deadline: float, parts: list[Part]) -> dict[str, list[str]]:
        facts = link.greet(self._deadlines(deadline))
        if parts:
            link.make_files(parts)
            facts = link.greet(self._deadlines(deadline))
        return facts

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
        if self._qmp:
            self._qmp.close()
        self._private.__exit__()

    # starting

    def _start(self, archive: Path, memory: Path, store: Path, share: str, more: list[str]) -> None:
        self._private.__enter__()
        listener, qmp = self._private.listen("qmp")
        self._console = self._private.path / "console"
        self._output = self._private.path / "output"
        ram = f"memory-backend-file,id=ram,size={MEMORY_MIB}M,mem-path={_escaped(memory)},share={share}"
        command = [
            *(str(self._machine.emulator), *_options(self._machine)),
            *("-object", ram),
            *("-kernel", str(self._machine.kernel.resolve()), "-initrd", str(archive)),
            *("-drive", f"if=none,id=store,file={_escaped(store)},format=raw,readonly=on"),
            *("-chardev", "socket,id=link,path=link,server=on,wait=off"),
            *("-chardev", "file,id=console,path=console", "-serial", "chardev:console"),
            *("-chardev", qmp, "-qmp", "chardev:qmp"),
            *("-S", *more),
        ]
        with self._output.open("wb") as output:
            self._child = process.start(
                command, cwd=self._private.path, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        connection = process.accept(listener, self._child, self._deadlines(ANSWER))
        try:
            if connection is None:
                raise QMPError("the emulator does not answer")
            self._qmp = QMP(connection, lambda event: None, self._deadlines(ANSWER))
        except QMPError as error:
            raise HostError(self._why(str(error))) from None

    def _ignore_shared(self) -> None:
        capability = {"capability": "x-ignore-shared", "state": True}
        self._qmp.execute("migrate-set-capabilities", capabilities=[capability])

    def _await(self, ask: Callable[[], str], wanted: str, deadline: float) -> None:
        until = time.monotonic() + self._deadlines(deadline)
        while (status := ask()) != wanted:
            if status == "failed" or time.monotonic() > until:
                raise HostError(self._why(f"its state is not {wanted} but {status}"))
            time.sleep(0.01)

    def _why(self, otherwise: str) -> str:
        """Why the host does not do what it should: the emulator's last words, or the kernel's."""
        if process.stopping():
            raise Cancelled
        console = self._console.read_text(encoding="utf-8", errors="replace") if self._console.exists() else ""
        panics = [line for line in console.splitlines() if "Kernel panic" in line]
        if panics:
            return f"the emulated host does not boot: {panics[0].strip()}"
        output = self._output.read_text(encoding="utf-8", errors="replace").splitlines()
        if not self.alive:
            return f"the emulator {process.describe_exit(self._child.wait())}: {telling_line(output)}"
        lines = console.strip().splitlines()
        return otherwise + (f"; its kernel's last line is: {lines[-1].strip()}" if lines else "")


def _escaped(path: Path) -> str:
    """A path as the value of one of QEMU's key=value options."""
    return str(path).replace(",", ",,")


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
        (directory / "initramfs").write_bytes(archive)
        host = Host(machine, deadlines)
        try:
            host.boot(directory / "initramfs", directory / "memory")
            host.save(directory / "devices")
        except (QMPError, subprocess.TimeoutExpired) as error:
            raise HostError(f"the emulated host cannot be kept: {error}") from None
        finally:
            host.close()
        (directory / "store").unlink()
        return name, {"kind": "host", "facts": host.facts}

    with cache.locked(lambda: say("another command fetches or boots: waiting for it")):
        if not (place / cache.TABLE).exists():
            say(f"booting an emulated host with {machine.kernel} for the first time")
            try:
                cache.make(build)
            except OSError as error:
                raise HostError(f"{cache.root()}: {error.strerror}") from None
            cache.forget_states(STATES)
    return place


def facts_of(state: Path) -> dict[str, list[str]]:
    return json.loads((state / cache.TABLE).read_text(encoding="utf-8"))["facts"]


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
                    return host
                host.close()
        host = Host(self._machine, self._deadlines)
        try:
            host.restore(self._state, self._store, self._parts)
        except QMPError as error:
            host.close()
            raise HostError(f"the emulated host does not start: {error}") from None
        except BaseException:
            host.close()
            raise
        return host

    def give_back(self, host: Host, idle: bool) -> None:
        """Takes a host back; one that is not known to be idle is ended."""
        if idle and host.alive:
            with self._lock:
                self._idle.append(host)
        else:
            host.close()

    def close(self) -> None:
        with self._lock:
            for host in self._idle:
                host.close()
            self._idle.clear()
