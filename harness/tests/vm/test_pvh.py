# SPDX-License-Identifier: BSD-2-Clause
"""The images' PVH entry: a QEMU that finds no multiboot header in them takes it, as Xen does for its dom0."""

import pytest

from harness.catalogue.image import read_images
from harness.platform import Platform, find_platforms
from harness.system.limits import Deadlines
from harness.tests.aim import make_target
from harness.vm.qemu import VM

pytestmark = pytest.mark.slow

MULTIBOOT = (0x1BADB002).to_bytes(4, "little")
CASES = "icebp,init_sipi"


@pytest.mark.parametrize("machine", ["microvm", "pc"])
@pytest.mark.parametrize("image", read_images(), ids=lambda image: image.name)
def test_the_log_is_the_same_by_either_entry(pytestconfig, image, machine, tmp_path):
    """The command line comes in the start info. So does the RSDP, which the firmware has left in memory here too."""
    (platform,) = find_platforms(make_target(machine=machine, qemu=pytestconfig.option.qemu), "tcg")
    assert isinstance(platform, Platform), platform.reason
    content = image.path.read_bytes()
    (tmp_path / "pvh.elf").write_bytes(content.replace(MULTIBOOT, bytes(4)))
    logs = []
    for file in (image.path, tmp_path / "pvh.elf"):
        folder = tmp_path / file.stem
        folder.mkdir()
        assert VM(platform.command(file, CASES), folder, Deadlines()).run().log.whole
        logs.append((folder / "serial.log").read_bytes())
    assert b" cpus=2 " in logs[0]
    assert logs[0] == logs[1]
