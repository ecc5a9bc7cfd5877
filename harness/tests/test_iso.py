# SPDX-License-Identifier: BSD-2-Clause
"""The bootable ISO, booted by firmware and GRUB in a real QEMU; skipped, with the reason, where it cannot be made."""

import subprocess
import sys
from pathlib import Path

import pytest

from harness import iso
from harness.errors import WrongQuestion
from harness.image import read_images
from harness.log import Log, read_log
from harness.required import RequiredLogs
from harness.runner import RESET
from harness.settings import ROOT

needs_grub = pytest.mark.skipif(bool(iso.obstacle()), reason=iso.obstacle())


def boot(settings, path, cpu: str) -> Log:
    """What a QEMU writes that has the ISO as its only disk."""
    qemu = settings.qemu or "qemu-system-x86_64"
    options = ["-M", "pc", "-accel", "tcg", "-cpu", cpu, "-smp", "2", "-m", "64", "-nodefaults", "-display", "none"]
    options += ["-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-serial", "stdio"]
    done = subprocess.run(
        [qemu, *options, "-cdrom", str(path)], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    return read_log(done.stdout.decode("ascii", "replace"))


@needs_grub
@pytest.mark.parametrize("cpu, mode", [("qemu64", "kernel64"), ("qemu32", "kernel32")])
def test_the_image_that_fits_the_cpu(settings, tmp_path, cpu, mode):
    path = tmp_path / "trapline.iso"
    iso.make_iso(path, [image.path for image in read_images(settings.build)], 1.0, cases="int3,icebp")
    assert path.stat().st_size < 3_000_000
    log = boot(settings, path, cpu)
    assert log.whole and log.plan["mode"] == mode


@needs_grub
def test_without_a_choice_all_cases_run_but_those_that_reset_the_machine(settings, tmp_path):
    image = read_images(settings.build)[1]
    path = tmp_path / "trapline.iso"
    iso.make_iso(path, [image.path], 1.0)
    log = boot(settings, path, "max")
    required = RequiredLogs(ROOT / "cases")
    expected = [case for case in image.cases if required.lines(case, log.cpu["vendor"])[-1:] != [RESET]]
    assert [block.case for block in log.blocks] == expected != list(image.cases)


@needs_grub
def test_a_choice(settings, tmp_path):
    path = tmp_path / "trapline.iso"
    images = [image.path for image in read_images(settings.build)]
    iso.make_iso(path, images, 1.0, default="guest32", timeout="0", cases="icebp@user32,int3@k*32")
    assert [block.case for block in boot(settings, path, "qemu64").blocks] == ["icebp@user32", "int3@kernel32"]


@needs_grub
def test_the_verb(settings):
    done = subprocess.run(
        [sys.executable, "-m", "harness", "iso"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0 and "build/trapline.iso: " in done.stdout


@needs_grub
def test_a_place_that_cannot_be_written(settings):
    with pytest.raises(WrongQuestion, match="/nonexistent/trapline.iso cannot be written"):
        iso.make_iso(Path("/nonexistent/trapline.iso"), [image.path for image in read_images(settings.build)], 1.0)


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert iso.obstacle().startswith("an ISO takes grub-mkrescue and xorriso")
    assert "make deps-bochs" in iso.obstacle()
