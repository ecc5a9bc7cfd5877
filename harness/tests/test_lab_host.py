# SPDX-License-Identifier: BSD-2-Clause
"""A real emulated host, booted here: wherever its kernel and QEMU are at hand or can be fetched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import WrongQuestion
from harness.lab import cache, choose, store
from harness.lab.amd import AMDMachine
from harness.lab.fetch import PROGRAM, fetch
from harness.lab.host import HostError, Hosts, state_of
from harness.outcome import Deadlines
from harness.platform.lab import obstacle
from harness.settings import ROOT

KERNEL = "6.12"
QEMU = cache.NEWEST
DEADLINE = 300
GREETING = "cases=-"

pytestmark = pytest.mark.xdist_group("lab")


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
        return choose.machine(f"amd:{KERNEL}", "", "", "", 1)[1]
    except WrongQuestion as error:
        pytest.skip(f"no emulated host here: {error}")


def lab_qemu(*options: str) -> subprocess.CompletedProcess:
    """QEMU with these options in a host of its own."""
    command = [sys.executable, str(ROOT / "lab" / "qemu"), f"--host=amd:{KERNEL}", f"--qemu={QEMU}", "--"]
    defaults = ["-nodefaults", "-display", "none", "-no-reboot"]
    return subprocess.run(
        [*command, *defaults, *options], capture_output=True, text=True, timeout=DEADLINE, cwd="/", check=False
    )


KVM = ["-machine", "microvm,acpi=off", "-accel", "kvm", "-cpu", "host", "-m", "64"]


def test_a_guest_runs_in_kvm_and_its_exit_status_comes_out(machine):
    leave = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    image = str(ROOT / "build" / "guest64.elf")
    done = lab_qemu(*KVM, *leave, "-serial", "stdio", "-kernel", image, "-append", GREETING)
    assert "hypervisor=KVMKVMKVM" in done.stdout and done.stdout.endswith("bye cases=0 traps=0\n")
    assert done.returncode == 85, done.stderr


def test_the_errors_of_qemu_come_out(machine):
    done = lab_qemu(*KVM, "-kernel", "/nonexistent")
    assert "could not open kernel file" in done.stdout and done.returncode == 1


def test_the_catalogue_runs_with_and_without_gdb(machine):
    command = [sys.executable, "-m", "harness", "run", "--host", f"amd:{KERNEL}", "--qemu", QEMU]
    choice = ["--case", "icebp,int3", "--mode", "kernel*", "--debugger", "detached,attached"]
    done = subprocess.run([*command, *choice], capture_output=True, text=True, timeout=DEADLINE, cwd=ROOT, check=False)
    assert done.returncode == 0 and "8 pass" in done.stdout, done.stdout + done.stderr
    assert f"kvm@amd:{KERNEL}: its CPU is emulated by QEMU" in done.stdout


def test_a_kernel_without_kvm_says_so_in_one_line(machine, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    modules = tmp_path / "modules"
    modules.mkdir()
    for path in machine.modules.iterdir():
        if not path.name.startswith("kvm"):
            (modules / path.name).symlink_to(path)
    without = AMDMachine(machine.kernel, modules, machine.agent, machine.emulator)
    deadlines = Deadlines(3)
    state = state_of(without, deadlines, print)
    parts = store.write({"/bin/empty": Path(os.devnull)}, tmp_path / "store")
    hosts = Hosts(without, state, tmp_path / "store", parts, deadlines)
    host = hosts.borrow()
    assert obstacle(host.facts, "kvm_amd").endswith("build KVM in, or say MODULES=directory")
    hosts.give_back(host, idle=True)
    assert hosts.borrow() is host
    host.power_off()
    assert host.death()
    hosts.give_back(host, idle=True)
    hosts.close()


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
    command = [sys.executable, "-m", "harness", "repro", "no-vmx", *arguments, "--qemu", QEMU]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, cwd=ROOT, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"no-vmx is present on kvm@amd:{KERNEL}" in done.stdout


def test_programs_of_the_lab_run_here(machine):
    program = cache.find("qemu", QEMU).path / PROGRAM
    done = subprocess.run([program, "-machine", "none", "-version"], capture_output=True, text=True, check=True)
    assert "QEMU emulator version" in done.stdout
