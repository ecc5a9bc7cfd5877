# SPDX-License-Identifier: BSD-2-Clause
"""The bootable ISO, booted by firmware and GRUB in a real QEMU; skipped, with the reason, where it cannot be made."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from harness.catalogue.image import Image, read_images
from harness.catalogue.log import Log
from harness.catalogue.required import RequiredLogs
from harness.media import iso
from harness.runs.captured import find_runs, text_of
from harness.judging.result import RESET
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.system.places import CASES, ROOT
from harness.tests.broken import broken

pytestmark = pytest.mark.slow

RET = bytes.fromhex("c3")

needs_grub = pytest.mark.skipif(bool(iso.obstacle()), reason=iso.obstacle())


OVMF = next(filter(Path.exists, map(Path, ("/usr/share/ovmf/OVMF.fd", "/usr/share/edk2/ovmf/OVMF_CODE.fd"))), None)
no_uefi = iso.uefi_obstacle() or ("" if OVMF else "OVMF is not installed")


def qemu_with(settings, path, cpu: str) -> list[str]:
    """A QEMU that has the ISO as its only disk."""
    qemu = settings.target.qemu or "qemu-system-x86_64"
    options = ["-M", "q35", "-accel", "tcg", "-cpu", cpu, "-smp", "2", "-m", "256", "-nodefaults", "-display", "none"]
    return [qemu, *options, "-no-reboot", "-cdrom", str(path)]


def boot(settings, path, cpu: str, *options: str) -> Log:
    """What the guest writes there."""
    command = [*qemu_with(settings, path, cpu), "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-serial", "stdio"]
    done = subprocess.run([*command, *options], stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    (log,) = find_runs(text_of(done.stdout))
    return log


@needs_grub
@pytest.mark.parametrize("cpu, mode", [("qemu64", "kernel64"), ("qemu32", "kernel32")])
def test_the_image_that_fits_the_cpu(settings, tmp_path, cpu, mode):
    path = tmp_path / "trapline.iso"
    iso.make_iso(path, [image.path for image in read_images()], Deadlines(), timeout="0", cases="int3,icebp")
    assert path.stat().st_size < 3_000_000
    log = boot(settings, path, cpu)
    assert log.whole and log.plan["mode"] == mode


@pytest.fixture
def harmless(settings, tmp_path) -> Image:
    """The 64-bit image without what kills every TCG (bugs/tcg-watch-stack.toml): those cases return at once."""
    image = read_images()[1]
    for name in ("dbreak_frame", "dbreak_db_frame"):
        (tmp_path / name).mkdir()
        image = replace(image, path=broken(image, f"case_{name}", RET, tmp_path / name))
    return image


@needs_grub
def test_without_a_choice_all_cases_run_but_those_that_reset_the_machine(settings, harmless, tmp_path):
    path = tmp_path / "trapline.iso"
    iso.make_iso(path, [harmless.path], Deadlines())
    log = boot(settings, path, "max")
    required = RequiredLogs(CASES)
    expected = [case for case in harmless.cases if required.lines(case, log.cpu["vendor"])[-1:] != [RESET]]
    assert [block.case for block in log.blocks] == expected != list(harmless.cases)


@needs_grub
def test_a_choice(settings, tmp_path):
    path = tmp_path / "trapline.iso"
    images = [image.path for image in read_images()]
    iso.make_iso(path, images, Deadlines(), default="guest32", timeout="0", cases="icebp@user32,int3@k*32")
    assert [block.case for block in boot(settings, path, "qemu64").blocks] == ["icebp@user32", "int3@kernel32"]


@needs_grub
@pytest.mark.skipif(bool(no_uefi), reason=no_uefi)
def test_uefi_gives_the_same_log_as_the_bios(settings, harmless, tmp_path):
    """Both from one ISO: the CPUs' state and number must not hang on the firmware."""
    path = tmp_path / "trapline.iso"
    iso.make_iso(path, [harmless.path], Deadlines(), uefi=True, screen="vga")
    by_bios, by_uefi = boot(settings, path, "max"), boot(settings, path, "max", "-bios", str(OVMF), "-vga", "std")
    assert by_bios.whole and by_bios.plan == by_uefi.plan and by_bios.plan["cpus"] == "2"
    assert by_bios.blocks == by_uefi.blocks


@needs_grub
def test_the_screen_shows_the_log_and_that_it_is_the_end(settings, tmp_path):
    path, memory, serial = tmp_path / "trapline.iso", tmp_path / "memory", tmp_path / "serial"
    images = [image.path for image in read_images()]
    iso.make_iso(path, images, Deadlines(), timeout="0", cases="int3@kernel64", screen="vga")
    command = [*qemu_with(settings, path, "max"), "-vga", "std", "-serial", f"file:{serial}", "-monitor", "stdio"]
    qemu = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=tmp_path)
    until = time.monotonic() + 60
    shown: list[str] = []
    while "judge FILE" not in "".join(shown):
        assert time.monotonic() < until and qemu.poll() is None
        time.sleep(0.5)
        qemu.stdin.write("pmemsave 0xb8000 4000 memory\n")
        qemu.stdin.flush()
        text = memory.read_bytes()[::2].decode("ascii", "replace") if memory.exists() else ""
        shown = [text[start : start + 80].rstrip() for start in range(0, len(text), 80)]
    qemu.communicate("quit\n", timeout=20)
    log = serial.read_text().splitlines()
    end = shown.index(log[-1])
    assert shown[end - len(log) + 1 : end + 1] == log
    assert any("This is the end" in line for line in shown[end:])


@needs_grub
def test_the_verb(settings):
    done = subprocess.run(
        [sys.executable, "-m", "harness", "iso"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0 and "build/trapline.iso: " in done.stdout


@needs_grub
def test_a_place_that_cannot_be_written(settings):
    with pytest.raises(WrongQuestion, match="/nonexistent/trapline.iso cannot be written"):
        iso.make_iso(Path("/nonexistent/trapline.iso"), [image.path for image in read_images()], Deadlines())


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert iso.obstacle().startswith("an ISO takes grub-mkrescue and xorriso")
    assert "make deps-bochs" in iso.obstacle()
