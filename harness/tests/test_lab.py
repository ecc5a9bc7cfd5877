# SPDX-License-Identifier: BSD-2-Clause
"""What emulated hosts are made of, without booting one."""

import gzip
import json
import lzma
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest

from harness.lab import (
    apt,
    cache,
    in_host,
    initramfs,
    kernel,
    link,
    modules,
    preconfigured,
    remote,
    states,
    store,
)
from harness.lab.fetch import NAMES, resolve
from harness.lab.host import Host
from harness.lab.hosts import Hosts
from harness.lab.options import translate
from harness.lab.qemus import lab_qemu
from harness.platform.lab import obstacle
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.system.places import ROOT


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return cache.root()


NOBODY = {"version": "1.0", "package": "", "origin": ""}


def make_item(kind: str, version: str) -> Path:
    def build(directory: Path) -> tuple[str, dict]:
        (directory / "file").write_text(version)
        return f"{kind}-{version}", {"kind": kind, "version": version, "package": f"{version}-1", "origin": "test"}

    with cache.locked():
        return cache.make(build)


def test_cache_finds_by_the_numbers_that_a_version_begins_with():
    for version in ("10.0.13", "10.10.1", "9.2", "11.1"):
        make_item("qemu", version)
    make_item("linux", "12.0")
    assert cache.find("qemu", "10").version == "10.10.1"
    assert cache.find("qemu", "10.0").version == "10.0.13"
    assert cache.find("qemu", "10.1") is None
    assert cache.find("qemu", cache.NEWEST).version == "11.1"
    assert cache.find("qemu", "ten") is None
    assert [item.name for item in cache.items()] == [
        "linux-12.0",
        "qemu-9.2",
        "qemu-10.0.13",
        "qemu-10.10.1",
        "qemu-11.1",
    ]


def test_states_of_hosts_that_were_used_last_are_kept():
    names = [f"{cache.HOST}{number}" for number in range(4)]
    with cache.locked():
        for number, name in enumerate(names):
            place = cache.make(lambda directory, name=name: (name, {"kind": "host"}))
            os.utime(place / cache.TABLE, (number, number))
        make_kernel = cache.make(lambda directory: ("linux-1.0", {"kind": "linux", **NOBODY}))
        cache.touch(cache.root() / names[0])
        waits = cache.make(lambda directory: (f"{cache.WAITING}0", {"kind": "host"}))
        cache.forget_states(cache.HOST, 2)
    assert [path.name for path in cache.states(cache.HOST)] == [names[0], names[3]]
    assert make_kernel.exists() and cache.states(cache.WAITING) == [waits] and waits in cache.states()
    assert cache.touch(waits) and not cache.touch(cache.root() / names[1])


def test_cache_shows_nothing_that_is_half_made(root):
    def fail(directory: Path) -> tuple[str, dict]:
        (directory / "file").write_text("half")
        raise OSError("cut")

    with cache.locked(), pytest.raises(OSError):
        cache.make(fail)
    assert cache.items() == [] and [path.name for path in root.iterdir()] == ["lock"]


def test_cache_removes_what_a_killed_command_left(root):
    left = root / f"{cache.UNFINISHED}x" / "inside"
    left.mkdir(parents=True)
    (left / cache.TABLE).write_text("{}")
    assert cache.items() == []
    with cache.locked():
        assert not left.exists()


def test_cache_replaces_and_removes_items(root):
    make_item("qemu", "1.0")
    item = make_item("qemu", "1.0")
    assert [path.name for path in root.iterdir() if path.name != "lock"] == ["qemu-1.0"]
    cache.remove(item)
    assert [path.name for path in root.iterdir()] == ["lock"]


def test_cache_lock_is_waited_for():
    waits = []
    taken = threading.Event()

    def second() -> None:
        with cache.locked(lambda: waits.append(True)):
            taken.set()

    with cache.locked():
        thread = threading.Thread(target=second)
        thread.start()
        assert not taken.wait(0.3)
    assert taken.wait(5) and waits == [True]
    thread.join()


def test_every_name_can_be_resolved():
    assert [resolve(name) for name in NAMES][0] == ("bullseye", "linux")
    assert resolve("qemu-10") == resolve("qemu-10.0") == ("trixie", "qemu")


def test_without_apt_one_line_says_what_to_supply(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WrongQuestion, match="only Debian's kernels and QEMUs can be fetched; get them yourself"):
        apt.mirror()


@pytest.mark.slow
def test_where_no_host_can_be_had_one_line_below_the_tests_says_why(monkeypatch, tmp_path):
    for program in ("sh", "qemu-system-x86_64"):
        (tmp_path / program).symlink_to(shutil.which(program))
    monkeypatch.setenv("PATH", str(tmp_path))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "harness/tests/test_lab_host.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.count("no emulated host here: apt-get is not there") == 1


def test_another_distribution_is_told_what_to_supply(monkeypatch, tmp_path):
    for program in ("apt-get", "dpkg-deb"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WrongQuestion, match="apt knows no mirror of Debian here.*KERNEL=bzImage"):
        apt.mirror()


@pytest.mark.parametrize(
    "output, words",
    [
        ("Get:1 x\nW: GPG error: x\nE: The repository 'x' is not signed.\n", "E: The repository 'x' is not signed."),
        ("Err:1 x\n  Hash Sum mismatch\nW: Failed to fetch x\n", "Err:1 x"),
        (
            "dpkg-deb: error: 'x' is not a Debian format archive\n",
            "dpkg-deb: error: 'x' is not a Debian format archive",
        ),
        (
            "tar: x: Wrote only 1 of 2 bytes\ntar: y: Cannot open: No space left on device\ndpkg-deb: error: tar ...\n",
            "tar: y: Cannot open: No space left on device",
        ),
        ("", "without a word"),
    ],
)
def test_complaint(output, words):
    assert apt.complaint(output) == words


def entries(archive: bytes) -> dict[str, tuple[int, bytes]]:
    """Each name's mode and data in a newc archive."""
    found = {}
    at = 0
    while True:
        assert archive[at : at + 6] == b"070701" and at % 4 == 0
        numbers = [int(archive[at + 6 + 8 * i : at + 14 + 8 * i], 16) for i in range(13)]
        mode, size, name_size = numbers[1], numbers[6], numbers[11]
        name = archive[at + 110 : at + 110 + name_size - 1].decode()
        at = (at + 110 + name_size + 3) & ~3
        if name == "TRAILER!!!":
            return found
        found[name] = mode, archive[at : at + size]
        at = (at + size + 3) & ~3


@pytest.fixture
def module(tmp_path):
    """Makes a kernel module that says what it depends on."""

    def make(name: str, depends: str) -> bytes:
        (tmp_path / "m.asm").write_text(f"section .modinfo\n db 'license=GPL', 0, 'depends={depends}', 0\n")
        subprocess.run(["nasm", "-felf64", "m.asm", "-o", "m.o"], cwd=tmp_path, check=True)
        return (tmp_path / "m.o").read_bytes()

    return make


def test_initramfs_holds_the_agent_and_the_modules_in_their_order(module, tmp_path):
    directory = tmp_path / "modules"
    (directory / "deep").mkdir(parents=True)
    (directory / "deep" / "kvm-amd.ko.xz").write_bytes(lzma.compress(module("kvm-amd", "kvm,ccp")))
    (directory / "kvm.ko.gz").write_bytes(gzip.compress(module("kvm", "irqbypass")))
    (directory / "irqbypass.ko").write_bytes(module("irqbypass", ""))
    (directory / "sound.ko").write_bytes(module("sound", ""))
    found = entries(initramfs.build(b"agent", directory, modules.AMD))
    assert found["init"] == (initramfs.PROGRAM, b"agent")
    assert found["modules/order"][1] == b"/modules/irqbypass.ko\n/modules/kvm.ko\n/modules/kvm_amd.ko\n"
    assert found["modules/kvm.ko"][1] == module("kvm", "irqbypass")
    assert "modules/sound.ko" not in found
    assert entries(initramfs.build(b"agent", None, ()))["modules/order"][1] == b""


def test_what_is_no_module_is_named(tmp_path):
    (tmp_path / "kvm.ko").write_bytes(b"x")
    (tmp_path / "kvm-amd.ko.xz").write_bytes(lzma.compress(b"x")[:-1])
    with pytest.raises(WrongQuestion, match=r"kvm-amd.ko.xz: cannot be read"):
        modules.collect(tmp_path, modules.AMD)
    (tmp_path / "kvm-amd.ko.xz").unlink()
    (tmp_path / "kvm-amd.ko").write_bytes(b"x")
    with pytest.raises(WrongQuestion, match=r"kvm-amd.ko: is no kernel module"):
        modules.collect(tmp_path, modules.AMD)


def test_release_of_a_kernel(tmp_path):
    image = bytearray(0x400)
    image[0x202:0x206] = b"HdrS"
    image[0x20E:0x210] = (0x100).to_bytes(2, "little")
    image[0x300:0x320] = b"6.13.0-rc3+ (me@here) #1 SMP\0".ljust(32, b"\0")
    (tmp_path / "bzImage").write_bytes(image)
    assert kernel.release(tmp_path / "bzImage") == "6.13.0-rc3+"
    (tmp_path / "bzImage").write_bytes(image[1:])
    with pytest.raises(WrongQuestion, match="is no bzImage"):
        kernel.release(tmp_path / "bzImage")


def test_store_has_each_file_where_the_table_says(tmp_path):
    (tmp_path / "a").write_bytes(b"a" * 5000)
    (tmp_path / "b").write_bytes(b"b")
    (tmp_path / "a").chmod(0o755)
    drive = store.write({in_host.PROGRAM: tmp_path / "a", "/lib/b": tmp_path / "b"}, tmp_path / "store")
    assert (tmp_path / "store").stat().st_size == store.SIZE
    with (tmp_path / "store").open("rb") as file:
        assert not any(file.read(store.START))
        found = []
        for part in drive.parts:
            file.seek(part.offset)
            found.append((part.path, part.mode, file.read(part.size)))
    assert found == [(in_host.PROGRAM, 0o755, b"a" * 5000), ("/lib/b", 0o644, b"b")]


def test_a_static_script_is_no_qemu(tmp_path):
    (tmp_path / "qemu").write_text("#!/bin/sh\n")
    with pytest.raises(WrongQuestion, match="qemu: is not a program for x86-64 Linux"):
        store.files_of(tmp_path / "qemu")


def test_a_program_that_lacks_a_library_says_which(tmp_path):
    compiler = f"{os.environ.get('CROSS_COMPILE', '')}gcc"
    (tmp_path / "a.c").write_text("int f(void) { return 0; }")
    (tmp_path / "b.c").write_text("int f(void); int main(void) { return f(); }")
    library, program = tmp_path / "libmissing.so", tmp_path / "qemu"
    built = [
        subprocess.run([compiler, *words], cwd=tmp_path, capture_output=True, check=False).returncode
        for words in (["-shared", "-fpic", "a.c", "-o", library], ["b.c", "-L.", "-lmissing", "-o", program])
    ]
    if any(built):
        pytest.skip("this compiler makes no programs for here")
    library.unlink()
    with pytest.raises(WrongQuestion, match=f"^{program}: it lacks libmissing.so$"):
        store.files_of(program)


@pytest.mark.parametrize(
    "facts, words",
    [
        ({"release": ["6.1"], "kvm": ["0"]}, ""),
        ({"release": ["6.1"], "kvm": ["2"]}, "Linux 6.1 has no /dev/kvm .*: build KVM in, or say MODULES="),
        (
            {"release": ["6.1"], "kvm": ["2"], "failed": ["/modules/kvm_amd.ko:8"]},
            "its module does not load .Exec format error",
        ),
    ],
)
def test_obstacle(facts, words):
    assert re.search(words, obstacle(facts, "kvm_amd")) if words else obstacle(facts, "kvm_amd") == ""


def test_lab_names_of_qemu():
    make_item("qemu", "10.0.13")
    assert lab_qemu("10").parent.name == "qemu-10.0.13"
    assert lab_qemu("qemu-system-x86_64") is None and lab_qemu("") is None
    with pytest.raises(WrongQuestion, match="QEMU=5.2: it is not here: run 'python3 -m harness lab fetch qemu-5.2'"):
        lab_qemu("5.2")


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


def test_a_qemu_that_waits_with_other_options_is_not_used():
    agent = Agent()
    thread = threading.Thread(target=lambda: remote.Session(agent.link, ["-S"], WAITING).run())
    thread.start()
    agent.expect(link.RESET)
    agent.send(link.RESET)
    assert agent.expect(link.EXECUTE)[1].decode().split("\0")[3:] == ["-S", ""]
    agent.send(link.EXECUTE, 0, bytes(4))
    thread.join(10)


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


def test_where_no_qemu_can_wait_a_host_is_lent_without_one(tmp_path):
    machine = types.SimpleNamespace(new_host=Plain)
    state = states.State(tmp_path / "host-1", {})
    hosts = Hosts(machine, state, store.write({}, tmp_path / "store"), Deadlines())
    for _ in range(2):
        host = hosts.borrow(["-S"])
        assert host.state == state.path
        hosts.give_back(host, idle=False)
    assert cache.states() == []


def test_the_signal_that_qemu_died_of_is_passed_on():
    program = "import sys; sys.path.insert(0, '.'); from harness.lab.remote import end_like; sys.exit(end_like({}))"
    for status, code in ((85 << 8, 85), (6, -6), (9, -9)):
        done = subprocess.run([sys.executable, "-c", program.format(status)], cwd=ROOT, check=False)
        assert done.returncode == code
