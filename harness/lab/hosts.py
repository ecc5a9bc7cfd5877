# SPDX-License-Identifier: BSD-2-Clause
"""The hosts of one run: each is lent to one user at a time, and kept for the next."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.lab.host import Host, HostError, Machine
from harness.lab.states import State, make_state, waiting_of
from harness.lab.store import Store
from harness.system.limits import Deadlines


class Hosts:
    """Hosts of one kind, with one QEMU in them."""

    def __init__(self, machine: Machine, state: State, store: Store, deadlines: Deadlines) -> None:
        self._machine = machine
        self._state = state
        self._store = store
        self._deadlines = deadlines
        self._idle: list[Host] = []
        self._lock = threading.Lock()
        self._never_wait: set[tuple[str, ...]] = set()

    def borrow(self, options: Sequence[str] = ()) -> Host:
        """A host that does nothing, or in which a QEMU waits with these options if there are any. Raises HostError."""
        with self._lock:
            while self._idle:
                host = self._idle.pop()
                if host.alive:
                    host.resume()
                    return host
                host.close()
        host = self._machine.new_host(self._deadlines)
        try:
            host.restore(self._state_with(tuple(options)), self._store)
        except BaseException:
            host.close()
            raise
        return host

    def _state_with(self, options: tuple[str, ...]) -> Path:
        """A state in which a QEMU waits with these options, if it does; it would only be the faster one."""
        with self._lock:
            if options and options not in self._never_wait:
                try:
                    return waiting_of(self._machine, self._state, self._store, list(options), self._deadlines)
                except HostError:
                    self._never_wait.add(options)
        return self._state.path

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
            host.restore(self._state.path, replace(self._store, parts=[]))
            host.power_off()
        finally:
            host.close()

    def close(self) -> None:
        """Ends the hosts that are idle."""
        with self._lock:
            for host in self._idle:
                host.close()
            self._idle.clear()
