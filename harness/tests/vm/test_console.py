# SPDX-License-Identifier: BSD-2-Clause
"""Where the guest's log leaves, it is the same: by a virtio console, by COM1, and where the console is none."""

import time
from dataclasses import replace

import pytest

from harness.catalogue.image import read_images
from harness.platform import Platform, find_platforms
from harness.system.limits import Deadlines
from harness.tests.aim import make_target
from harness.tests.broken import broken
from harness.tests.vm.slow_line import TORN, WHOLE, SlowLine, boot
from harness.vm.console import FOR_GUEST

pytestmark = pytest.mark.slow

IMAGES = read_images()
CASES = "int_n,popf*,tf_step,init_sipi"  # with lines of all kinds, and of both processors


@pytest.fixture(scope="module")
def tcg(pytestconfig) -> Platform:
    (platform,) = find_platforms(make_target(qemu=pytestconfig.option.qemu), "tcg")
    assert platform.console
    return platform


def log(platform: Platform, image, folder) -> bytes:
    outcome = platform.boot(image.path, CASES, folder, Deadlines())
    assert outcome.log.whole
    return (folder / "serial.log").read_bytes()


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_the_log_is_the_same(tcg, tmp_path, image):
    folders = [tmp_path / name for name in ("console", "com1", "none", "another")]
    for folder in folders:
        folder.mkdir()
    by_console = log(tcg, image, folders[0])
    assert by_console.count(b"\n") > 50
    assert log(replace(tcg, console=()), image, folders[1]) == by_console
    # Told of a console, the guest finds none there, or a device of another kind.
    for folder, options in zip(folders[2:], ((), ("-device", "virtio-rng-device,bus=virtio-mmio-bus.0"))):
        words = ("-global", "virtio-mmio.ioeventfd=on", *options)
        assert log(replace(tcg, console=words), image, folder) == by_console


def test_the_console_is_used(tcg, tmp_path):
    """Without COM1 in QEMU, the log is there all the same."""
    com1 = tcg.options[tcg.options.index("-machine") + 1] + ",isa-serial=off"
    without = replace(tcg, options=["-machine", com1, *tcg.options[2:]])
    assert tcg.options[0] == "-machine" and FOR_GUEST in " ".join(without.command(IMAGES[0].path, CASES))
    assert log(without, IMAGES[0], tmp_path)


# In smp_join(): mov ecx, 20000; again: in al, 80h; dec ecx; jnz again; ret
JOINS_NOTHING = bytes.fromhex("b9204e0000 e480 ffc9 75fa c3")


@pytest.mark.parametrize("before", ["", "int3@kernel*,", "int3@kernel*,int_n@kernel*,"])
@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_a_processor_that_waits_for_com1_is_not_dead(pytestconfig, tmp_path, image, before):
    """The boot processor ends the case while the other one's line has been waiting for seconds."""
    path = broken(image, "smp_join", JOINS_NOTHING, tmp_path)
    with SlowLine(tmp_path) as line, boot(pytestconfig, path, f"{before}nmi_held_tf", line) as qemu:
        try:
            line.accept()
            time.sleep(3)
            lines = line.read_all()
        finally:
            qemu.kill()
    assert lines[-1].startswith("bye ")
    assert [text for text in lines if TORN.search(text) or not WHOLE.fullmatch(text)] == []
