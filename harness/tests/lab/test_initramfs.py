# SPDX-License-Identifier: BSD-2-Clause
"""What an emulated host boots from: its archive, its modules, its store of files, its kernel's release."""

import gzip
import lzma
import os
import subprocess

import pytest

from harness.lab import in_host, initramfs, kernel, modules, store
from harness.system.errors import WrongQuestion
from harness.tests.faults import fault

pytestmark = pytest.mark.usefixtures("root")


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


@fault("lab", "a kernel module that is none, or is cut", "exit status 2: kvm-amd.ko.xz: cannot be read")
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


@fault("lab", "a QEMU for an emulated host that is a script", "exit status 2: is not a program for x86-64 Linux")
def test_a_static_script_is_no_qemu(tmp_path):
    (tmp_path / "qemu").write_text("#!/bin/sh\n")
    with pytest.raises(WrongQuestion, match="qemu: is not a program for x86-64 Linux"):
        store.files_of(tmp_path / "qemu")


@fault("lab", "a QEMU for an emulated host that lacks a library", "exit status 2: it lacks libmissing.so")
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
