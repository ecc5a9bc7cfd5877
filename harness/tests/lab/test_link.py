# SPDX-License-Identifier: BSD-2-Clause
"""The link to an agent, and what goes over it, against an agent that the test scripts."""

import json
import socket
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest

from harness.lab import cache, in_host, link, preconfigured, remote, states, store
from harness.lab.host import Host
from harness.lab.hosts import Hosts
from harness.lab.options import translate
from harness.system.limits import Deadlines
from harness.system.places import ROOT
from harness.tests.faults import fault

pytestmark = pytest.mark.usefixtures("root")


class Agent:
    """The other end of a link, as the test scripts it."""

    def __init__(self) -> None:
        self.theirs, connection = socket.socketpair()
        self.link = link.Link(self.theirs)
        self._own = link.Link(connection)
        connection.settimeout(10)
        self._frames: list[tuple[bytes, int, bytes]] = []

    def expect(self, kind: bytes) -> tuple[int, bytes]:
        while not self._frames:
            self._frames = self._own.take()
        found, channel, data = self._frames.pop(0)
        assert found == kind
        return channel, data

    def send(self, kind: bytes, channel: int = 0, data: bytes = b"") -> None:
        self._own.send(kind, channel, data)


@fault("lab", "an emulated host without room", "the emulated host could not make /bin/x: error 28")
def test_link_refuses_what_the_agent_could_not_do():
    agent = Agent()
    agent.send(link.RESET, 0, b"release=6.1\nfailed=a\nfailed=b\n")
    assert agent.link.greet(5) == {"release": ["6.1"], "failed": ["a", "b"]}
    agent.send(link.FAILURE, 0, b"make /bin/x: error 28")
    with pytest.raises(link.LinkError, match="the emulated host could not make /bin/x: error 28"):
        agent.link.greet(5)


def test_remote_carries_sockets_files_and_status(tmp_path, monkeypatch, capfdbinary):
    monkeypatch.chdir(tmp_path)
    Path("guest.elf").write_bytes(b"image")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("serial")
    listener.listen(1)
    agent = Agent()
    options = ["-chardev", "socket,id=s,path=serial", "-gdb", "unix:gdb,server=on,wait=off", "-kernel", "guest.elf"]
    status = []
    thread = threading.Thread(target=lambda: status.append(remote.Session(agent.link, options).run()))
    thread.start()
    agent.expect(link.RESET)
    agent.send(link.RESET)
    assert agent.expect(link.WRITE)[1].endswith(b"/tmp/guest.elf\0image")
    assert agent.expect(link.LISTEN) == (1, b"/tmp/serial")
    command = agent.expect(link.EXECUTE)[1].decode().split("\0")
    assert command[:3] == [in_host.PROGRAM, "-L", in_host.FIRMWARE]
    assert command[3:-1] == [
        *("-chardev", "socket,id=s,path=/tmp/serial"),
        *("-gdb", "unix:/tmp/gdb,server=on,wait=off"),
        *("-kernel", "/tmp/guest.elf"),
    ]
    agent.send(link.CONNECT, 1)
    agent.send(link.DATA, 1, b"trapline")
    serial, _ = listener.accept()
    assert serial.recv(100) == b"trapline"

    gdb = socket.socket(socket.AF_UNIX)
    while not Path("gdb").exists():
        pass
    gdb.connect("gdb")
    assert agent.expect(link.CONNECT) == (2, b"/tmp/gdb")
    agent.send(link.END, 2)  # does not listen yet
    assert agent.expect(link.CONNECT) == (2, b"/tmp/gdb")
    agent.send(link.CONNECT, 2)
    gdb.sendall(b"$?#3f")
    assert agent.expect(link.DATA) == (2, b"$?#3f")
    gdb.close()
    assert agent.expect(link.END)[0] == 2
    agent.send(link.END, 2)  # at the same time
    time.sleep(3 * remote.AGAIN)
    again = socket.socket(socket.AF_UNIX)
    again.connect("gdb")
    assert agent.expect(link.CONNECT) == (2, b"/tmp/gdb")
    agent.send(link.CONNECT, 2)
    again.sendall(b"$?#3f")
    assert agent.expect(link.DATA) == (2, b"$?#3f")

    agent.send(link.DATA, link.OUTPUT, b"qemu: words\n")
    agent.send(link.END, 1)
    assert serial.recv(100) == b""
    agent.send(link.EXECUTE, 0, (3 << 8).to_bytes(4, "little"))
    thread.join(10)
    assert status == [3 << 8] and capfdbinary.readouterr().out == b"qemu: words\n"


WAITING = preconfigured.Waiting(["-S", "-chardev", "socket,id=q,path=/tmp/qmp"], {1: '{"QMP": {}}'}, 2)


def test_a_qemu_that_waits_is_started_and_goes_on():
    agent = Agent()
    started = []
    options = ["-S", "-chardev", "socket,id=q,path=qmp"]
    thread = threading.Thread(target=lambda: started.append(preconfigured.start(agent.link, options, 10)))
    thread.start()
    assert agent.expect(link.LISTEN) == (1, b"/tmp/qmp")
    assert agent.expect(link.LISTEN) == (2, b"/tmp/early")
    command = agent.expect(link.EXECUTE)[1].decode().split("\0")
    assert command[3:7] == ["-preconfig", *WAITING.words]
    agent.send(link.CONNECT, 1)
    agent.send(link.DATA, 1, b'{"QMP": {}}')
    agent.send(link.DATA, 2, b'{"QMP": {}}\r\n')
    assert b"qmp_capabilities" in agent.expect(link.DATA)[1]
    agent.send(link.DATA, 2, b'{"return": {}}\r\n')
    thread.join(10)
    assert started == [WAITING]


@fault("lab", "a QEMU that ends where it is to wait", "QEMU does not wait but ends")
def test_a_qemu_that_does_not_wait_is_an_error():
    agent = Agent()
    agent.send(link.EXECUTE, 0, bytes(4))
    with pytest.raises(link.LinkError, match="QEMU does not wait but ends"):
        preconfigured.start(agent.link, [], 10)


def test_a_qemu_that_has_waited_is_connected_when_it_has_made_its_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("guest.elf").write_bytes(b"image")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("qmp")
    listener.listen(1)
    listener.settimeout(0.3)
    agent = Agent()
    options = ["-S", "-chardev", "socket,id=q,path=qmp", "-kernel", "guest.elf", "-append", "cases=int3"]
    WAITING.write(Path("waiting"))
    found = preconfigured.read(Path("waiting"))
    found.go_on(agent.link, translate(options))
    assert agent.expect(link.WRITE)[1].endswith(b"/tmp/guest.elf\0image")
    requests = [json.loads(agent.expect(link.DATA)[1]) for _ in range(3)]
    assert [request["execute"] for request in requests] == ["qom-set", "qom-set", "x-exit-preconfig"]
    values = {"kernel": "/tmp/guest.elf", "append": "cases=int3"}
    assert {request["arguments"]["property"]: request["arguments"]["value"] for request in requests[:2]} == values

    status = []
    thread = threading.Thread(target=lambda: status.append(remote.Session(agent.link, options, found).run()))
    thread.start()
    agent.send(link.DATA, 2, b'{"return": {}}\r\n{"return": {}}\r\n')
    with pytest.raises(TimeoutError):
        listener.accept()
    agent.send(link.DATA, 2, b'{"return": {}}\r\n')
    qmp, _ = listener.accept()
    assert qmp.recv(100) == b'{"QMP": {}}'
    agent.send(link.DATA, 2, b'{"event": "RESUME"}\r\n')
    qmp.sendall(b"{}")
    assert agent.expect(link.DATA) == (1, b"{}")
    agent.send(link.EXECUTE, 0, bytes(4))
    thread.join(10)
    assert status == [0]


@fault("lab", "a QEMU that waits with other options", "another one is started")
def test_a_qemu_that_waits_with_other_options_is_not_used():
    agent = Agent()
    thread = threading.Thread(target=lambda: remote.Session(agent.link, ["-S"], WAITING).run())
    thread.start()
    agent.expect(link.RESET)
    agent.send(link.RESET)
    assert agent.expect(link.EXECUTE)[1].decode().split("\0")[3:] == ["-S", ""]
    agent.send(link.EXECUTE, 0, bytes(4))
    thread.join(10)


@fault("lab", "a QEMU that refuses to go on", "QEMU does not go on: its words")
def test_a_qemu_that_refuses_to_go_on_is_an_error(tmp_path):
    agent = Agent()
    agent.send(link.DATA, 2, b'{"error": {"desc": "no"}}\r\n')
    with pytest.raises(link.LinkError, match="QEMU does not go on: .*no"):
        remote.Session(agent.link, WAITING.words, WAITING).run()


class Plain(Host):
    """A host of an emulator that keeps none with a QEMU in it; it is never started."""

    state: Path

    def boot(self, archive: Path, store: store.Store) -> None:
        raise NotImplementedError

    def restore(self, state: Path, store: store.Store) -> None:
        self.state = state


@fault("lab", "a host in which no QEMU can wait", "it is lent without one")
def test_where_no_qemu_can_wait_a_host_is_lent_without_one(tmp_path):
    machine = types.SimpleNamespace(new_host=Plain)
    state = states.State(tmp_path / "host-1", {})
    hosts = Hosts(machine, state, store.write({}, tmp_path / "store"), Deadlines())
    for _ in range(2):
        host = hosts.borrow(["-S"])
        assert host.state == state.path
        hosts.give_back(host, idle=False)
    assert cache.states() == []


@fault("lab", "QEMU dies within an emulated host", "of the same signal here")
def test_the_signal_that_qemu_died_of_is_passed_on():
    program = "import sys; sys.path.insert(0, '.'); from harness.lab.remote import end_like; sys.exit(end_like({}))"
    for status, code in ((85 << 8, 85), (6, -6), (9, -9)):
        done = subprocess.run([sys.executable, "-c", program.format(status)], cwd=ROOT, check=False)
        assert done.returncode == code
