# SPDX-License-Identifier: BSD-2-Clause
"""The states of hosts that are kept: booted once for each kernel and emulator, and, with a QEMU that waits, for each
QEMU and its options. Each later host goes on from one.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.lab import cache
from harness.lab.host import ITSELF, MEMORY_MIB, HostError, Machine
from harness.lab.store import Store, write
from harness.system.limits import Deadlines

ROOM_MIB = MEMORY_MIB + 64  # on the disk, to boot one

# How many are kept of each sort, of a hundred to two hundred MiB: the ones used last.
MOST = 12

# Of what is in them.
LAYOUT = "3"


@dataclass(frozen=True)
class State:
    """The state of a booted host, and what its agent said of it."""

    path: Path
    facts: dict[str, list[str]]

    def obstacle(self, module: str) -> str:
        """Why there is no KVM, of this module, in such a host; empty if there is."""
        number = int(self.facts["kvm"][0])
        if number == 0:
            return ""
        words = f"Linux {self.facts['release'][0]} has no /dev/kvm on the emulated CPU ({os.strerror(number)})"
        failed = dict(entry.rsplit(":", 1) for entry in self.facts.get("failed", []))
        error = failed.get(f"/modules/{module}.ko") or failed.get("/modules/kvm.ko")
        if error:
            return f"{words}: its module does not load ({os.strerror(int(error))})"
        return f"{words}: build KVM in, or say MODULES=directory"


def make_state(machine: Machine, initramfs: bytes, directory: Path, deadlines: Deadlines) -> dict[str, list[str]]:
    """Boots a host, leaves its state in the directory, and goes on from it once; what the agent then says of it."""
    archive = directory / "initramfs"
    archive.write_bytes(initramfs)
    empty = write({}, directory / "empty")
    host = machine.new_host(deadlines)
    try:
        host.boot(archive, empty)
    except HostError as error:
        words = str(error)
        raise HostError(words if words.startswith(ITSELF) else f"{ITSELF} does not boot: {words}") from None
    finally:
        host.close()
    copy = machine.new_host(deadlines)
    try:
        copy.restore(directory, empty)
        return copy.facts
    finally:
        copy.close()
        empty.path.unlink()


def state_of(machine: Machine, deadlines: Deadlines, say: Callable[[str], None]) -> State:
    """The state of a booted host like this; boots one if there is none yet."""
    archive = machine.archive()
    name = _name(cache.HOST, machine.kernel.read_bytes(), archive, machine.identity().encode())

    def build(directory: Path) -> dict:
        say(f"booting an emulated host with {machine.kernel} for the first time")
        return {"facts": make_state(machine, archive, directory, deadlines)}

    table = _kept(cache.HOST, name, build, lambda: say("another command fetches or boots: waiting for it"))
    return State(cache.root() / name, table["facts"])


def waiting_of(machine: Machine, state: State, store: Store, options: list[str], deadlines: Deadlines) -> Path:
    """The state of a host in which this store's QEMU waits with these options; makes it from `state` if need be."""
    name = _name(cache.WAITING, state.path.name.encode(), store.identity.encode(), "\0".join(options).encode())

    def build(directory: Path) -> dict:
        host = machine.new_host(deadlines)
        try:
            host.boot_waiting(state.path, store, options, directory)
        finally:
            host.close()
        return {}

    _kept(cache.WAITING, name, build, lambda: None)
    return cache.root() / name


def _name(sort: str, *parts: bytes) -> str:
    """The name of a state of this sort, which is another one where anything differs that matters."""
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in (LAYOUT.encode(), *parts)))
    return f"{sort}{digest.hexdigest()[:16]}"


def _kept(sort: str, name: str, build: Callable[[Path], dict], wait: Callable[[], None]) -> dict:
    """The table of the state of this name; if it is not there, or not whole, `build` makes it and says what to note."""
    place = cache.root() / name
    if (table := cache.touch(place)) is None:
        with cache.locked(wait):
            if (table := cache.touch(place)) is None:
                table = _make(name, build)
                cache.forget_states(sort, MOST)
    return table


def _make(name: str, build: Callable[[Path], dict]) -> dict:
    table = {"kind": "host"}

    def fill(directory: Path) -> tuple[str, dict]:
        free = shutil.disk_usage(directory).free >> 20
        if free < ROOM_MIB:
            raise HostError(f"{cache.root()} has {free} MiB free, and a booted host takes up to {ROOM_MIB}")
        table.update(build(directory))
        return name, table

    try:
        cache.make(fill)
    except OSError as error:
        raise HostError(f"{cache.root()}: {error.strerror}") from None
    return table
