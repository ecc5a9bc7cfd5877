# SPDX-License-Identifier: BSD-2-Clause
"""CPUs that lack what later ones have: the guest comes up, and says of each case what it wants and is not there."""

import pytest

from harness.catalogue.image import read_images
from harness.platform import Platform, find_platforms
from harness.system.limits import Deadlines
from harness.tests.aim import make_target
from harness.vm.qemu import VM

pytestmark = pytest.mark.slow


def boot(pytestconfig, folder, image: str, cpu: str, cases: str):
    """The log of these cases."""
    (platform,) = find_platforms(make_target(machine="pc", cpu=cpu, qemu=pytestconfig.option.qemu), "tcg")
    assert isinstance(platform, Platform), platform.reason
    path = next(each.path for each in read_images() if each.name == image)
    log = VM(platform.command(path, cases), folder, Deadlines()).run().log
    assert log.whole, log.missing
    return log


def test_one_that_has_no_cmov(pytestconfig, tmp_path):
    """A compiler's own idea of a 32-bit CPU is a Pentium Pro: the guest would trap before it can say so."""
    log = boot(pytestconfig, tmp_path, "guest32", "pentium", "int3@kernel32")
    assert log.cpu["family"] == "5" and [block.case for block in log.blocks] == ["int3@kernel32"]
