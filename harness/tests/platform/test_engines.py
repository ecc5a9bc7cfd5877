# SPDX-License-Identifier: BSD-2-Clause
"""TCG's engines: what QEMU is told, the column that each gets, and what is refused."""

import pytest

from harness.catalogue.image import read_images, select
from harness.judging.result import Verdict
from harness.platform import find_platforms
from harness.platform.engines import ENGINES
from harness.platform.qemu import QEMU
from harness.runs.runner import Group, Runner
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.tests.aim import make_target


@pytest.mark.parametrize(
    "engine, version, told",
    [
        ("default", "7.2.22", ([], [])),
        ("icount", "7.2.22", ([], ["-icount", "shift=5"])),
        ("single", "11.1.3", (["thread=single"], [])),
        ("one-insn", "8.0.5", ([], ["-singlestep"])),
        ("one-insn", "8.1.0", (["one-insn-per-tb=on"], [])),
    ],
)
def test_what_qemu_is_told(engine, version, told):
    assert ENGINES[engine].chosen(version) == told


@pytest.mark.parametrize(
    "accel, engine, words",
    [
        ("tcg", "fast", "ENGINE=fast: choose from default, icount, single, one-insn"),
        ("tcg", "icount,", "ENGINE=: choose from "),
        ("bochs", "icount", "ENGINE=icount: only ACCEL=tcg has it"),
    ],
)
def test_what_is_refused(accel, engine, words):
    with pytest.raises(WrongQuestion, match=words):
        find_platforms(make_target(accel=accel, engine=engine), "")


@pytest.mark.slow
def test_each_is_a_column_and_a_fact():
    platforms = find_platforms(make_target(accel="tcg", engine=",".join(ENGINES)), "")
    assert [platform.name for platform in platforms] == ["tcg", "tcg+icount", "tcg+single", "tcg+one-insn"]
    images = select(read_images(), "tf_rep_lods,dbreak_rmw", "kernel64")
    for platform in platforms:
        assert isinstance(platform, QEMU) and platform.facts["engine"] in ENGINES
        results = [
            result for image in images for result in Runner(1, Deadlines()).run(Group(platform, "detached", image))
        ]
        assert {result.verdict for result in results} <= {Verdict.PASS, Verdict.KNOWN}, platform.name
