# SPDX-License-Identifier: BSD-2-Clause
"""v86: what is said where it is not there, how its boots end, and the guest in the one that make deps-v86 fetches."""

import shutil
from pathlib import Path

import pytest

from harness.catalogue.image import read_images, select
from harness.catalogue.modes import MODES
from harness.judging.result import Verdict
from harness.platform import Unusable, v86
from harness.platform.by_command import CommandPlatform
from harness.runs.runner import Group, Runner, make_groups
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.tests.aim import make_target
from harness.tests.faults import fault

needs_node = pytest.mark.skipif(not shutil.which("node"), reason="there is no node")
needs_v86 = pytest.mark.skipif(
    isinstance(v86.probe(make_target()), Unusable), reason="there is no v86: run 'make deps-v86'"
)


def pretended(folder: Path, module: str) -> CommandPlatform:
    """A v86 whose module is this."""
    (folder / "build").mkdir()
    (folder / "build" / "libv86.mjs").write_text(module)
    (folder / "package.json").write_text('{"version": "9.8.7+g1"}')
    found = v86.probe(make_target(v86=str(folder)))
    assert isinstance(found, CommandPlatform), found
    return found


@fault("hypervisor", "no v86", "unusable: build/libv86.mjs: run 'make deps-v86'")
def test_without_a_package(tmp_path, monkeypatch):
    monkeypatch.setattr(v86, "PACKAGE", tmp_path)
    found = v86.probe(make_target())
    assert isinstance(found, Unusable) and found.reason.endswith("/build/libv86.mjs: run 'make deps-v86'")


@fault("hypervisor", "V86= a checkout that is not built", "exit status 2: there is no build/libv86.mjs: build it there")
def test_a_checkout_that_is_not_built(tmp_path):
    with pytest.raises(WrongQuestion, match=f"V86={tmp_path}: there is no {tmp_path}/build/libv86.mjs: build it there"):
        make_target(v86=str(tmp_path))


@fault("machine", "no node", "unusable: node is not on the PATH: run 'make deps-v86'")
def test_without_node(tmp_path, monkeypatch):
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "libv86.mjs").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    found = v86.probe(make_target(v86=str(tmp_path)))
    assert isinstance(found, Unusable) and found.reason == "node is not on the PATH: run 'make deps-v86'"


@needs_node
def test_what_is_known_of_it(tmp_path):
    platform = pretended(tmp_path, "")
    assert platform.facts == {"accel": "v86", "v86": "9.8.7", "cpus": "1"}
    assert platform.versions["v86"] == "9.8.7+g1"
    modes = {
        case.partition("@")[2] for group in make_groups([platform], "all", read_images()) for case in group.image.cases
    }
    assert modes == set(MODES["guest32"])


# What a module does when a V86 is made of it.
LISTENER = "export class V86 { add_listener(name, hear) { setTimeout(() => { %s }, 0); } }"
SAYS = "for (const byte of Buffer.from('trapline 1 mode=kernel32 cpus=1 cases=1\\nbegin a@kernel32\\n')) hear(byte); "


@fault("hypervisor", "v86: `{then}`", "{verdict}: {words}")
@needs_node
@pytest.mark.parametrize(
    "then, verdict, words",
    [
        ("throw 'HALT'", Verdict.CUT, "but the guest's log is not whole"),
        ("throw new RangeError('deep')", Verdict.CRASH, "node exited with status 1: RangeError: deep"),
        ("process.kill(process.pid, 'SIGSEGV')", Verdict.CRASH, "node died of SIGSEGV"),
        ("console.log('begin b@kernel32'); throw 'HALT'", Verdict.CUT, "but the guest's log is not whole"),
    ],
)
def test_how_a_boot_ends(tmp_path, then, verdict, words):
    platform = pretended(tmp_path, LISTENER % (SAYS + then))
    image = tmp_path / "guest.elf"
    image.touch()
    folder = tmp_path / "run"
    folder.mkdir()
    outcome = platform.boot(image, "*", folder, Deadlines())
    assert outcome.ending is verdict and words in outcome.reason
    assert outcome.log.open_block.case == "a@kernel32"


@needs_v86
@pytest.mark.slow
def test_the_guest_runs_and_goes_on_after_a_crash():
    platform = v86.probe(make_target())
    (image,) = select(read_images(), "int3,double_fault,tf_step", "kernel32")
    results = Runner(1, Deadlines()).run(Group(platform, "detached", image))
    seen = {result.name: (result.verdict, result.judgement.bug) for result in results}
    assert seen == {
        "double_fault": (Verdict.KNOWN, "v86-double-fault"),
        "int3": (Verdict.PASS, ""),
        "tf_step": (Verdict.KNOWN, "v86-tf"),
    }
