# SPDX-License-Identifier: BSD-2-Clause
"""What hosts in Bochs are made of, without one; and one that is booted, where TRAPLINE_TEST_INTEL says so."""

import contextlib
import gzip
import lzma
import os
import socket
import struct
import subprocess
import sys

import pytest

from harness.lab import bochs_state, flat, intel, unpack
from harness.lab.relay import Relay
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT
from harness.tests.faults import fault

pytestmark = pytest.mark.slow

DEADLINE = 900
KERNEL, QEMU = "5.10", "5.2"


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_unpack_takes_the_first_that_is_packed_and_no_half_of_one(pack):
    packed = pack(b"text" * 1000)
    assert unpack.first(packed + b"behind") == b"text" * 1000
    assert unpack.first(b"not packed") == b"not packed"
    with pytest.raises(unpack.UnpackError, match="its end is missing"):
        unpack.first(packed[:-6])


def elf(segments: list[tuple[int, bytes]], entry: int) -> bytes:
    """A 64-bit ELF file that is loaded at these addresses."""
    header = struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1, entry, 64, 0, 0, 64, 56, len(segments), 64, 0, 0
    )
    place = 64 + 56 * len(segments)
    table, contents = b"", b""
    for address, data in segments:
        at = place + len(contents)
        table += struct.pack("<IIQQQQQQ", 1, 7, at, address, address, len(data), len(data), 0)
        contents += data
    return header + table + contents


def bz_image(payload: bytes) -> bytes:
    """A bzImage with two sectors of setup, as far as flat.py reads it."""
    image = bytearray(3 * 512)
    image[0x1F1] = 2
    image[0x201] = 0x6A
    image[0x202:0x206] = b"HdrS"
    struct.pack_into("<II", image, 0x248, 16, len(payload))
    return bytes(image) + bytes(16) + payload


MEMORY = 64 << 20
FIRST, SECOND = 0x1000000, 0x1200000


def test_a_flat_image_has_the_kernel_unpacked_and_all_that_it_starts_from(tmp_path):
    kernel = tmp_path / "bzImage"
    code = elf([(FIRST, b"code"), (SECOND, b"data" + bytes(100))], FIRST + 2)
    kernel.write_bytes(bz_image(lzma.compress(code) + struct.pack("<I", len(code))))
    image = flat.image(kernel, b"initramfs", "quiet", b"stub", MEMORY)

    def at(address: int, size: int) -> bytes:
        return image[address - flat.BASE :][:size]

    def number(address: int, form: str = "<I") -> int:
        return struct.unpack(form, at(address, struct.calcsize(form)))[0]

    parameters = flat.BASE + flat.PARAMETERS
    assert at(flat.BASE, 4) == b"stub" and number(flat.BASE + flat.ENTRY, "<Q") == FIRST + 2
    assert at(FIRST, 4) == b"code" and at(SECOND, 100) == b"data"
    assert at(parameters + 0x202, 4) == b"HdrS" and at(number(parameters + 0x228), 6) == b"quiet\0"
    assert at(number(parameters + 0x218), number(parameters + 0x21C)) == b"initramfs"
    areas = [
        struct.unpack("<QQI", at(parameters + 0x2D0 + 20 * n, 20)) for n in range(number(parameters + 0x1E8, "<B"))
    ]
    ends = [0, *(start + size for start, size, _ in areas)]
    assert ends[:-1] == [start for start, _, _ in areas] and ends[-1] == MEMORY
    # Each level of the page tables leads to the next, and the last maps 1 GiB + 2 MiB to itself.
    middle = number(flat.BASE + flat.TABLES, "<Q")
    directory = number((middle & ~0xFFF) + 8, "<Q")
    page = number((directory & ~0xFFF) + 8, "<Q")
    assert (middle & 0xFFF, directory & 0xFFF, page) == (3, 3, (1 << 30) + (2 << 20) | 0x83)


@fault("lab", "a kernel that is none, for Bochs: {words}", "exit status 2: {words}")
@pytest.mark.parametrize(
    "payload, words",
    [
        (b"\x02\x21\x4c\x18 lz4", "cannot be unpacked: Magic number does not match"),
        (elf([(0x400000, b"code")], 0) + bytes(4), "it wants to be at 0x400000"),
    ],
)
def test_a_kernel_that_does_not_fit_is_refused_in_one_line(payload, words, tmp_path):
    kernel = tmp_path / "bzImage"
    kernel.write_bytes(bz_image(payload))
    with pytest.raises(WrongQuestion, match=f"^{kernel}: {words}"):
        flat.image(kernel, b"", "", b"", MEMORY)


def test_a_saved_configuration_is_changed_where_the_host_goes_on():
    saved = (
        "plugin_ctrl: a=false, usb_uhci=true, b=true\nmagic_break: enabled=1\ncom1: x\ncom2: enabled=true, mode=null\n"
    )
    assert bochs_state.reconfigured(saved, 1234) == (
        "plugin_ctrl: a=false, b=true, usb_uhci=true\nmagic_break: enabled=0\ncom1: x\n"
        "com2: enabled=1, mode=socket-client, dev=127.0.0.1:1234\n"
    )


def test_the_store_is_put_where_the_mapping_says(tmp_path):
    first = intel.BASE // bochs_state.BLOCK
    blocks = "".join(f"    blk{number} = -1\n" for number in range(first - 1, first + 3))
    text = bochs_state.remapped(f"  used_blocks = 7\n{blocks}", bochs_state.BLOCK + 1, intel.BASE)
    assert text == f"  used_blocks = 9\n{blocks}".replace(f"blk{first} = -1", f"blk{first} = 7").replace(
        f"blk{first + 1} = -1", f"blk{first + 1} = 8"
    )
    memory, store, target = tmp_path / "memory", tmp_path / "store", tmp_path / "target"
    with memory.open("wb") as file:
        file.write(b"first")
        file.truncate(intel.BASE + intel.ROOM)
    store.write_bytes(b"stored")
    bochs_state.put_together(memory, store, len(b"stored"), intel.BASE, target)
    with target.open("rb") as file:
        assert file.read(6) == b"first\0"
        file.seek(intel.BASE)
        assert file.read(7) == b"stored\0"
    assert target.stat().st_size == memory.stat().st_size and target.stat().st_blocks * 512 < 1 << 20


@fault("lab", "an emulated host that dies under its user", "the user's connection ends at once")
def test_relay_serves_one_user_after_the_other(tmp_path):
    host, here = socket.socketpair()
    calls = []
    relay = Relay(tmp_path / "link", here, lambda: calls.append(1))
    try:
        for number in (b"1", b"2"):
            with socket.socket(socket.AF_UNIX) as user:
                user.settimeout(5)
                user.connect(str(tmp_path / "link"))
                user.sendall(b"to" + number)
                assert host.recv(100) == b"to" + number
                host.sendall(b"from" + number)
                assert user.recv(100) == b"from" + number
        assert calls
        with socket.socket(socket.AF_UNIX) as user:
            user.settimeout(5)
            user.connect(str(tmp_path / "link"))
            host.close()
            with contextlib.suppress(ConnectionResetError):  # it may have come too late
                assert user.recv(100) == b"", "the user is not told that the host is gone"
            user.close()
            with socket.socket(socket.AF_UNIX) as late, pytest.raises(ConnectionRefusedError):
                late.connect(str(tmp_path / "link"))
    finally:
        relay.close()


@pytest.mark.skipif("TRAPLINE_TEST_INTEL" not in os.environ, reason="minutes long: set TRAPLINE_TEST_INTEL")
def test_kvm_intel_runs_the_catalogue_with_and_without_gdb():
    command = [sys.executable, "-m", "harness", "run", "--host", f"intel:{KERNEL}", "--qemu", QEMU]
    choice = ["--case", "icebp,int3", "--mode", "kernel64", "--debugger", "detached,attached"]
    done = subprocess.run([*command, *choice], capture_output=True, text=True, timeout=DEADLINE, cwd=ROOT, check=False)
    assert done.returncode == 0 and "4 pass" in done.stdout, done.stdout + done.stderr
