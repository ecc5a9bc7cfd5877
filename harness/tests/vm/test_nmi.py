# SPDX-License-Identifier: BSD-2-Clause
"""NMIs that come at any time, as from a host's monitor: they show in the log, and tear no line of it.

Not in real-address mode: on the way there and back, no IDT is the right one for an NMI.
"""

import subprocess
import time

import pytest

from harness.catalogue.image import read_images
from harness.platform import Platform, find_platforms
from harness.tests.aim import make_target
from harness.tests.vm.slow_line import TORN, WHOLE, SlowLine, boot

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("image", read_images(), ids=lambda image: image.name)
def test_no_line_is_torn(pytestconfig, image, tmp_path):
    (platform,) = find_platforms(make_target(machine="pc", qemu=pytestconfig.option.qemu), "tcg")
    assert isinstance(platform, Platform), platform.reason
    log = tmp_path / "serial.log"
    command = [pytestconfig.option.qemu or "qemu-system-x86_64", "-M", "pc", "-cpu", "max", "-display", "none"]
    command += ["-nodefaults", "-no-reboot", "-serial", f"file:{log}", "-kernel", str(image.path), "-append"]
    command += [
        "cases=tf_every_integer@kernel*,tf_every_integer@user*",
        "-device",
        "isa-debug-exit,iobase=0xf4",
        "-monitor",
        "stdio",
    ]
    for _ in range(5):
        log.write_text("")
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, bufsize=0) as qemu:
            limit = time.monotonic() + 20
            while qemu.poll() is None and time.monotonic() < limit:
                if "#DB" in log.read_text(errors="replace"):  # the firmware would die of one
                    try:
                        qemu.stdin.write(b"nmi\n")
                    except BrokenPipeError:
                        break
                time.sleep(0.0005)
            qemu.kill()
        lines = log.read_text(errors="replace").splitlines()
        begun = next(place for place, line in enumerate(lines) if line.startswith("trapline "))
        assert [line for line in lines[begun:] if TORN.search(line) or not WHOLE.fullmatch(line)] == []


@pytest.mark.parametrize("image", read_images(), ids=lambda image: image.name)
def test_many_come_within_a_line(pytestconfig, image, tmp_path):
    """Whoever reads COM1 stands still for a while: a line waits, and meanwhile there are more NMIs than a few."""
    with SlowLine(tmp_path) as line, boot(pytestconfig, image.path, "tf_every_integer@kernel*", line) as qemu:
        try:
            line.accept()
            while b"#DB" not in line.log:
                line.read(64)
            time.sleep(0.5)  # the guest waits within a line
            for _ in range(20):
                qemu.stdin.write(b"nmi\n")
                time.sleep(0.02)
            lines = line.read_all()
        finally:
            qemu.kill()
    assert sum(text.startswith("NMI ") for text in lines) > 8
    assert [text for text in lines if TORN.search(text) or not WHOLE.fullmatch(text)] == []
