# SPDX-License-Identifier: BSD-2-Clause
"""A real emulated host, booted here: wherever its kernel and QEMU are at hand or can be fetched."""

import subprocess
import sys

import pytest

from harness.catalogue.image import read_images, select
from harness.judging.result import Verdict
from harness.lab import boot, cache, choose, preconfigured, store
from harness.lab.amd import AMDMachine
from harness.lab.fetch import PROGRAM, fetch
from harness.lab.host import HostError
from harness.lab.hosts import Hosts
from harness.lab.link import Link
from harness.lab.options import translate
from harness.lab.remote import Session
from harness.lab.states import state_of
from harness.platform import lab as platform_lab
from harness.runs.runner import Group, Runner
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.system.places import BUILD, ROOT
from harness.tests.aim import make_target
from harness.tests.faults import fault

KERNEL = "6.12"
QEMU = cache.NEWEST
DEADLINE = 300
GREETING = "cases=-"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lab")]


@pytest.fixture(scope="module")
def machine() -> AMDMachine:
    """The parts of a host with KERNEL."""
    try:
        missing = [
            f"{kind}-{version}"
            for kind, version in (("linux", KERNEL), ("qemu", QEMU))
            if cache.find(kind, version) is None
        ]
        if missing:
            fetch(missing, print)
        return choose.machine(f"amd:{KERNEL}", "", "", "", Deadlines())[1]
    except WrongQuestion as error:
        pytest.skip(f"no emulated host here: {error}")


def lab_qemu(*options: str) -> subprocess.CompletedProcess:
    """QEMU with these options in a host of its own."""
    command = [sys.executable, str(ROOT / "agent" / "qemu"), f"--host=amd:{KERNEL}", f"--qemu={QEMU}", "--"]
    defaults = ["-nodefaults", "-display", "none", "-no-reboot"]
    return subprocess.run(
        [*command, *defaults, *options], capture_output=True, text=True, timeout=DEADLINE, cwd="/", check=False
    )


KVM = ["-machine", "microvm,acpi=off", "-accel", "kvm", "-cpu", "host", "-m", "64"]


def test_a_guest_runs_in_kvm_and_its_exit_status_comes_out(machine):
    leave = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    image = str(BUILD / "guest64.elf")
    done = lab_qemu(*KVM, *leave, "-serial", "stdio", "-kernel", image, "-append", GREETING)
    assert "hypervisor=KVMKVMKVM" in done.stdout and done.stdout.endswith("bye cases=0 traps=0\n")
    assert done.returncode == 85, done.stderr


def test_the_catalogue_runs_with_and_without_gdb(machine):
    command = [sys.executable, "-m", "harness", "run", "--host", f"amd:{KERNEL}", "--qemu", QEMU]
    choice = ["--case", "int3", "--mode", "kernel32", "--debugger", "detached,attached"]
    done = subprocess.run([*command, *choice], capture_output=True, text=True, timeout=DEADLINE, cwd=ROOT, check=False)
    assert done.returncode == 0 and "2 pass" in done.stdout, done.stdout + done.stderr
    assert f"kvm@amd:{KERNEL}: no reference: its CPU is emulated by QEMU" in done.stdout


@pytest.fixture(scope="module")
def hosts(machine, tmp_path_factory) -> Hosts:
    """Hosts with QEMU in them."""
    target = tmp_path_factory.mktemp("lab") / "store"
    drive = store.write(store.files_of(cache.find("qemu", QEMU).path / PROGRAM), target)
    deadlines = Deadlines(3)
    return Hosts(machine, state_of(machine, deadlines, print), drive, deadlines)


class NeverStarts(Link):
    """A link over which no QEMU is started."""

    def execute(self, command: list[str]) -> None:
        raise AssertionError(f"{command} is started")


def test_a_qemu_waits_in_a_host(hosts, capfdbinary):
    options = [*KVM, "-nodefaults", "-display", "none", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    options += ["-serial", "stdio"]
    asked = [*options, "-kernel", str(BUILD / "guest64.elf"), "-append", GREETING]
    for _ in range(2):  # one that is made unless it was, and one that is kept
        host = hosts.borrow(options)
        with host.connect() as connection:
            found = preconfigured.read(host.directory / preconfigured.FILE)
            found.go_on(Link(connection), translate(asked))
            connection.settimeout(None)
            assert Session(NeverStarts(connection), asked, found).run() == 85 << 8
        hosts.give_back(host, idle=False)
        assert capfdbinary.readouterr().out.endswith(b"bye cases=0 traps=0\n")


@fault(
    "lab",
    "a QEMU within an emulated host that does not know an option; a host that is powered off in the middle",
    "a host in which none waits, nothing kept, QEMU's words and exit status; the next gets another host",
    300,
)
def test_a_qemu_that_cannot_wait_leaves_a_host_without_one(hosts, capfdbinary):
    before = cache.states()
    host = hosts.borrow(["-no-such-option"])
    assert not (host.directory / preconfigured.FILE).exists()
    assert cache.states() == before
    with host.connect() as connection:
        assert Session(Link(connection), ["-no-such-option"]).run() == 1 << 8
    assert b"-no-such-option: invalid option" in capfdbinary.readouterr().out
    hosts.give_back(host, idle=True)
    assert hosts.borrow() is host
    host.power_off()
    assert host.death()
    hosts.give_back(host, idle=True)
    assert not host.directory.exists(), "is kept for the next"


RECORDER = """\
import shutil, sys
shutil.copyfile(sys.argv[1] + "/waiting", sys.argv[0] + ".waiting")
open(sys.argv[0] + ".options", "w").write("\\0".join(sys.argv[2:]))
sys.path.insert(0, {root!r})
from harness.lab.remote import main
from harness.tests.aim import make_target
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("mode", ("detached", "attached"))
def test_what_waits_is_what_a_run_asks_for(machine, mode, tmp_path, monkeypatch):
    """The options of a VM are known before there is one."""
    recorder = tmp_path / "runner"
    recorder.write_text(RECORDER.format(root=str(ROOT)))
    monkeypatch.setattr(boot, "RUNNER", recorder)
    target = make_target(host=f"amd:{KERNEL}", qemu=QEMU)
    platform = platform_lab.probe(target.host, target)
    image = select(read_images(), "int3", "kernel64")[0]
    try:
        results = Runner(1, Deadlines()).run(Group(platform, mode, image))
    finally:
        platform.close()
    assert [result.verdict for result in results] == [Verdict.PASS]
    found = preconfigured.read(recorder.with_name("runner.waiting"))
    options = recorder.with_name("runner.options").read_text().split("\0")
    assert preconfigured.split(translate(options).words)[0] == found.words


@fault("lab", "a kernel without KVM", "unusable: build KVM in, or say MODULES=directory", 300)
def test_a_kernel_without_kvm_says_so_in_one_line(machine, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    modules = tmp_path / "modules"
    modules.mkdir()
    for path in machine.modules.iterdir():
        if not path.name.startswith("kvm"):
            (modules / path.name).symlink_to(path)
    without = AMDMachine(machine.kernel, modules, machine.agent, machine.emulator)
    state = state_of(without, Deadlines(3), print)
    assert state.obstacle("kvm_amd").endswith("build KVM in, or say MODULES=directory")


@fault("lab", "a kernel that does not boot", "unusable: the emulated host ..., and nothing kept", 300)
def test_a_kernel_that_does_not_boot_says_so_in_one_line(machine, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kernel = tmp_path / "bzImage"
    data = bytearray(machine.kernel.read_bytes())
    data[0x10000:0x20000] = bytes(0x10000)
    kernel.write_bytes(data)
    broken = AMDMachine(kernel, machine.modules, machine.agent, machine.emulator)
    with pytest.raises(HostError, match="^the emulated host .*$"):
        state_of(broken, Deadlines(0.2), print)
    assert cache.states() == []


@fault(
    "lab",
    "a disk without room for a booted host",
    "unusable: has ... MiB free, and a booted host takes up to ...",
    300,
)
def test_a_disk_without_room_is_said_in_one_line(machine, tmp_path, monkeypatch):
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(tmp_path)], check=False)
    if mount.returncode:
        pytest.skip("no small file system can be mounted here")
    try:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        with pytest.raises(HostError, match=r"has \d+ MiB free, and a booted host takes up to \d+$"):
            state_of(machine, Deadlines(), print)
        assert cache.states() == [] and not list(cache.root().glob(f"{cache.UNFINISHED}*"))
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_kernel_of_ones_own(machine):
    """With its modules in a directory, by the verb repro; what is looked for, no version of the packages changes."""
    item = cache.find("linux", KERNEL)
    arguments = ["--host", "amd", "--kernel", str(item.path / "vmlinuz"), "--modules", str(item.path / "modules")]
    choice = ["--qemu", QEMU, "--case", "xmhf_rdmsr", "--mode", "kernel64"]
    command = [sys.executable, "-m", "harness", "repro", "no-vmx", *arguments, *choice]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, cwd=ROOT, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"no-vmx is present on kvm@amd:{KERNEL}" in done.stdout


def test_programs_of_the_lab_run_here(machine):
    program = cache.find("qemu", QEMU).path / PROGRAM
    done = subprocess.run([program, "-machine", "none", "-version"], capture_output=True, text=True, check=True)
    assert "QEMU emulator version" in done.stdout
