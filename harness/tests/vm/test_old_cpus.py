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


@pytest.mark.parametrize("image", ["guest32", "guest64"])
@pytest.mark.parametrize(
    "lacking, cases",
    [
        ("sse", "dbreak_helpers,init_keeps,tf_every_fpu,tf_every_integer,tf_every_newer"),
        ("fxsr", "dbreak_helpers,init_keeps,tf_every_fpu"),
        ("cx8", "dbreak_helpers,tf_every_integer"),
    ],
)
def test_a_case_says_which_feature_it_needs(pytestconfig, tmp_path, image, lacking, cases):
    log = boot(pytestconfig, tmp_path, image, f"max,-{lacking}", cases)
    # A newer instruction may want a feature that this QEMU has not at all.
    wanted = [block.lines for block in log.blocks if not block.case.startswith("tf_every_newer")]
    assert wanted and all(lines == [f"needs {lacking}=1"] for lines in wanted)
    assert not [line for block in log.blocks for line in block.lines if line.startswith(("#UD", "panic"))]
