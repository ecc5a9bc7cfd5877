# SPDX-License-Identifier: BSD-2-Clause
"""Hosts on QEMU's emulated AMD CPU.

What is kept of a booted one is its memory as a file, which each later host maps copy-on-write, and the devices
as a migration stream (QEMU: docs/system/vm-templating).
"""

import shlex
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.lab import cache, fetch, holes, limits_of_svm, modules, preconfigured
from harness.lab.host import ANSWER, MEMORY_MIB, Host, HostError, Machine
from harness.lab.store import SIZE, Store
from harness.system import process
from harness.system.limits import Deadlines
from harness.vm.qmp import QMP, QMPError

BOOT = 120.0  # seconds; a host that works is up
RESTORE = 30.0

CPUS = 2

# A state's files.
ARCHIVE, MEMORY, STREAM = "initramfs", "memory", "devices"

# Without the first two, the kernel moves memory by quadwords instead of by bytes, which TCG does one by one. The others
# cost time at each access to memory, or at each of a user's.
CPU = "max,erms=off,fsrm=off,la57=off,smap=off"

# The first port of the first virtio device, and the drive.
DEVICES = {"LINK": "/dev/vport0p1", "STORE": "/dev/vda"}

# Beside what the host needs, what saves it time: code that does not run is not translated.
KERNEL_OPTIONS = " ".join(
    [
        "console=ttyS0",
        "panic=-1",
        "nokaslr",
        "mitigations=off",
        "tsc=reliable",
        "nowatchdog",
        "lsm=capability",
        "init_on_alloc=0",
        "psi=0",
        "cgroup_disable=memory",
        "transparent_hugepage=never",
    ]
)

# The emulator's options that a booted host and its copies have in common, but for files.
OPTIONS = [
    *("-accel", "tcg,thread=multi"),
    *("-machine", "pc,memory-backend=ram"),
    *("-cpu", CPU),
    *("-smp", str(CPUS)),
    *("-m", str(MEMORY_MIB)),
    *("-nodefaults", "-no-user-config"),
    *("-display", "none"),
    "-no-reboot",
    *("-append", " ".join([KERNEL_OPTIONS, *(f"{name}={value}" for name, value in DEVICES.items())])),
    *("-device", "virtio-serial-pci,addr=2"),
    *("-device", "virtserialport,chardev=link"),
    *("-device", "virtio-blk-pci,drive=store,addr=3"),
]


@dataclass(frozen=True)
class AMDMachine(Machine):
    """Emulated by the QEMU `emulator`."""

    wanted = modules.AMD
    slower = 3.0
    pace = 15.0
    no_stepping = limits_of_svm.NO_INT3
    software_breakpoints = False

    emulator: Path

    @property
    def emulator_name(self) -> str:
        return fetch.qemu_name(self.emulator)

    def refusal(self, case: str, debugger: str) -> str:
        return limits_of_svm.refusal(cache.numbers(fetch.qemu_version(self.emulator)[0]), case, debugger)

    def identity(self) -> str:
        return repr((fetch.qemu_version(self.emulator), OPTIONS, SIZE))

    def new_host(self, deadlines: Deadlines) -> "AMDHost":
        return AMDHost(self, deadlines)


class AMDHost(Host):
    """A host in QEMU, with TCG."""

    def __init__(self, machine: AMDMachine, deadlines: Deadlines) -> None:
        super().__init__(deadlines)
        self._machine = machine
        self._qmp: QMP | None = None

    def boot(self, archive: Path, store: Store) -> None:
        with _explained("the emulated host cannot be kept"):
            self._start(archive, archive.with_name(MEMORY), store, "on", [])
            self._qmp.execute("cont")
            self._greet(BOOT)
            self._save(archive.parent)

    def restore(self, state: Path, store: Store) -> None:
        with _explained("the emulated host does not start"):
            self._go_on(state, state / MEMORY, store, "off")
            if (state / preconfigured.FILE).exists():
                shutil.copyfile(state / preconfigured.FILE, self._private.path / preconfigured.FILE)
            else:
                self._greet(ANSWER, store.parts)

    def boot_waiting(self, state: Path, store: Store, options: list[str], directory: Path) -> None:
        shutil.copyfile(state / ARCHIVE, directory / ARCHIVE)
        size = MEMORY_MIB << 20
        with (directory / MEMORY).open("wb") as memory:
            memory.truncate(size)
            holes.copy(state / MEMORY, size, memory, 0)
        with _explained("the emulated host cannot be kept"):
            self._go_on(state, directory / MEMORY, store, "on")
            self._greet(ANSWER, store.parts)
            started = self._talk(lambda link: preconfigured.start(link, options, self._deadlines(ANSWER)))
            self._save(directory)
        started.write(directory / preconfigured.FILE)

    def _go_on(self, state: Path, memory: Path, store: Store, share: str) -> None:
        """Starts with the devices of the state, and this memory."""
        self._start(state / ARCHIVE, memory, store, share, ["-incoming", "defer"])
        self._ignore_shared()
        self._qmp.execute("migrate-incoming", uri=f"exec:cat {shlex.quote(str(state / STREAM))}")
        self._await_migration()
        self._qmp.execute("cont")

    def _save(self, directory: Path) -> None:
        """Writes the state of everything but the memory, and ends the host."""
        self._qmp.execute("stop")
        self._ignore_shared()
        self._qmp.execute("migrate", uri=f"exec:cat >{shlex.quote(str(directory / STREAM))}")
        self._await_migration()
        self._qmp.execute("quit")
        self._child.wait(self._deadlines(ANSWER))

    def close(self) -> None:
        super().close()
        if self._qmp:
            self._qmp.close()

    def _start(self, archive: Path, memory: Path, store: Store, share: str, more: list[str]) -> None:
        self._private.__enter__()
        listener, qmp = self._private.listen("qmp")
        ram = f"memory-backend-file,id=ram,size={MEMORY_MIB}M,mem-path={_escaped(memory)},share={share}"
        command = [
            *(str(self._machine.emulator), *OPTIONS),
            *("-object", ram),
            *("-kernel", str(self._machine.kernel.resolve()), "-initrd", str(archive)),
            *("-drive", f"if=none,id=store,file={_escaped(store.path)},format=raw,readonly=on"),
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

    def _await_migration(self) -> None:
        until = time.monotonic() + self._deadlines(RESTORE)
        while (status := self._qmp.ask(lambda answer: answer.get("status"), "query-migrate")) != "completed":
            if status == "failed" or time.monotonic() > until:
                raise HostError(self._why(f"its migration is {status}"))
            time.sleep(0.01)


@contextmanager
def _explained(what: str):
    """Where QEMU does not do what it is told, says what that means."""
    try:
        yield
    except (QMPError, subprocess.TimeoutExpired) as error:
        raise HostError(f"{what}: {error}") from None


def _escaped(path: Path) -> str:
    """A path as the value of one of QEMU's key=value options."""
    return str(path).replace(",", ",,")
