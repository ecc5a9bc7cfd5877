# SPDX-License-Identifier: BSD-2-Clause
"""Hosts on Bochs' emulated Intel CPU.

Bochs can go on from a state that it has saved, but only its windows have a button for saving. So a host that has
booted, which the agent's magic instruction brings to Bochs' own debugger, is saved by gdb: it calls the function
of the button. What is kept of the host is what Bochs saves (bochs_state.py). A QEMU is put into a copy of its memory,
where the kernel has been told to keep out.
"""

import os
import re
import signal
import socket
import time
from dataclasses import dataclass, replace
from pathlib import Path

from harness.debugger.gdb import find_gdb
from harness.lab import bochs_state, flat, modules
from harness.lab.host import ANSWER, MEMORY_MIB, PANIC, Host, HostError, Machine
from harness.lab.relay import Relay
from harness.lab.store import Store
from harness.media import iso
from harness.system import process
from harness.system.last_words import telling_line
from harness.system.limits import Deadlines
from harness.vm.bochs import POLL, Bochs, Configuration

BOOT = 1200.0  # seconds; a kernel takes minutes to unpack itself
SLOWER = 4.0  # than hosts on QEMU, in what they answer

# Emulated instructions in an emulated second: so many that the kernel comes to something between two ticks of its
# clock, and so few that waiting is cheap.
IPS = 15_000_000

# The store's place in the host's memory.
BASE, ROOM = 256 << 20, 128 << 20

# GRUB's part of the boot.
MODULES = "biosdisk iso9660 normal multiboot boot"
MENU = "set timeout=0\nmenuentry '' {\nmultiboot /boot/image\n}\n"

# Beside what the host needs, what saves it time: a second is millions of instructions.
KERNEL_OPTIONS = " ".join(
    [
        "console=ttyS0,115200",
        "nokaslr",
        "mitigations=off",
        "cryptomgr.notests",
        "rodata=off",
        "tsc=reliable",
        "clearcpuid=297",  # ERMS: Bochs moves quadwords in less time than bytes
        f"memmap={ROOM >> 20}M${BASE >> 20}M",
        "LINK=/dev/ttyS1",
        "STORE=/dev/mem",
    ]
)

# XCHG BX, BX ends in Bochs' debugger, which then is told to quit.
MAGIC = "magic_break: enabled=1"
SAVE = """\
set confirm off
set pagination off
set breakpoint pending on
handle all nostop noprint pass
break _Z19bx_dbg_quit_commandv
run
print ((char (*)(void *, const char *)) _ZN13bx_real_sim_c10save_stateEPKc)(*(void **) &SIM, "{directory}")
kill
"""

# Bochs' log, before it goes to a file.
LOG_LINE = re.compile(r"\d+i\[")

# A saved state's directory.
STATE = "bochs"


@dataclass(frozen=True)
class IntelMachine(Machine):
    """Emulated by Bochs; `bochs` is what harness.vm.bochs_probe.find() found, `stub` what agent/enter.asm becomes."""

    wanted = modules.INTEL
    slower = 10.0
    pace = 150.0
    no_stepping = "to step through every instruction takes hours in Bochs"

    bochs: Configuration
    stub: Path

    @property
    def emulator_name(self) -> str:
        return f"Bochs {self.bochs.version}, cpu model={self.bochs.model}"

    @property
    def facts(self) -> dict[str, str]:
        return {"bochs": self.bochs.version}

    @property
    def configuration(self) -> Configuration:
        # Linux reads IA32_MISC_ENABLE, which Bochs does not have, before it can take an exception.
        return replace(self.bochs, cpus=1, memory_mib=MEMORY_MIB, ips=IPS, any_msr=True)

    def identity(self) -> str:
        return repr((self.configuration, KERNEL_OPTIONS))

    def new_host(self, deadlines: Deadlines) -> "IntelHost":
        return IntelHost(self, deadlines)


class IntelHost(Host):
    """A host in Bochs."""

    def __init__(self, machine: IntelMachine, deadlines: Deadlines) -> None:
        super().__init__(Deadlines(deadlines.multiplier * SLOWER))
        self._boot_deadline = deadlines(BOOT)
        self._machine = machine
        self._bochs: Bochs | None = None
        self._relay: Relay | None = None

    @property
    def _console(self) -> Path:
        return self._private.path / "serial.log"

    @property
    def _output(self) -> Path:
        return self._private.path / "stderr.log"

    def boot(self, archive: Path, store: Store) -> None:
        configuration, gdb = self._machine.configuration, find_gdb()
        if gdb is None or not configuration.debugger:
            lacking = "a Bochs with a debugger built in" if gdb else "gdb on the PATH"
            raise HostError(f"to keep the state of a host in Bochs takes {lacking}")
        state = archive.with_name(STATE)
        state.mkdir()
        self._private.__enter__()
        folder = self._private.path
        image = flat.image(
            self._machine.kernel,
            archive.read_bytes(),
            KERNEL_OPTIONS,
            self._machine.stub.read_bytes(),
            MEMORY_MIB << 20,
        )
        files = {"grub/grub.cfg": MENU.encode(), "image": image}
        iso.make(folder / "host.iso", files, MODULES, self._deadlines)
        configuration.write(folder, "host.iso", ["com2: enabled=1, mode=null", MAGIC])
        (folder / "save.gdb").write_text(SAVE.format(directory=state), encoding="utf-8")
        # Bochs may be a script, which gdb does not start.
        program = ["/bin/sh", "-c", 'exec "$0" "$@"', *configuration.command()]
        self._start([gdb, "-nx", "-q", "-batch", "-x", "save.gdb", "--args", *program])
        until = time.monotonic() + self._boot_deadline
        while not self._bochs.wait(POLL):
            if time.monotonic() > until or PANIC in self._said():
                raise HostError(self._why(f"the emulated host does not boot within {self._boot_deadline:g} s"))
        if not (state / bochs_state.MEMORY).exists():
            raise HostError(self._why("its state has not been saved"))

    def restore(self, state: Path, store: Store) -> None:
        size = max((part.offset + part.size for part in store.parts), default=0)
        if size > ROOM:
            raise HostError(f"QEMU and its libraries have {size >> 20} MiB: a host in Bochs has room for {ROOM >> 20}")
        self._private.__enter__()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            try:
                saved, own = state / STATE, self._private.path / "state"
                bochs_state.copy(saved, own, listener.getsockname()[1], store.path, size, BASE)
            except OSError as error:
                raise HostError(f"{self._private.path}: {error.strerror}") from None
            self._machine.configuration.write_commands(self._private.path)
            self._start(self._machine.configuration.command("-r", "state"))
            connection = process.accept(listener, self._child, self._deadlines(ANSWER))
        if connection is None:
            raise HostError(self._why("the emulator does not answer"))
        self._relay = Relay(self.link, connection, self._bochs.empty_terminals)
        self._greet(ANSWER, [replace(part, offset=part.offset + BASE) for part in store.parts])

    def rest(self) -> None:
        # Bochs emulates time by working through it, where a kernel waits as where it works.
        os.killpg(self._child.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self._child.pid, signal.SIGCONT)

    def close(self) -> None:
        if self._relay:
            self._relay.close()
        if self._bochs:
            self._bochs.close()
        super().close()

    def _start(self, command: list[str]) -> None:
        self._bochs = Bochs(self._machine.configuration, self._private.path).start(command)
        self._child = self._bochs.child

    def _last_words(self) -> str:
        # gdb's are among them, where it is the one that fails.
        said = [line for line in self._bochs.stderr.splitlines() if not LOG_LINE.match(line)]
        return f"{self._bochs.last_words}: {telling_line(said)}"
