# SPDX-License-Identifier: BSD-2-Clause
"""TCG's engines: what QEMU is told, the column that each gets, and what is refused."""

import shutil
import subprocess
from dataclasses import replace

import pytest

from harness.catalogue.image import read_images, select
from harness.judging.result import Verdict
from harness.platform import find_platforms
from harness.platform.engines import ENGINES, recording
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
        ("replay", "7.2.22", ([], ["-icount", "shift=5,rr=replay,rrfile=recording"])),
    ],
)
def test_what_qemu_is_told(engine, version, told):
    assert ENGINES[engine].chosen(version) == told


@pytest.mark.parametrize(
    "accel, engine, words",
    [
        ("tcg", "fast", "ENGINE=fast: choose from default, icount, single, one-insn, replay"),
        ("tcg", "icount,", "ENGINE=: choose from "),
        ("bochs", "icount", "ENGINE=icount: only ACCEL=tcg has it"),
    ],
)
def test_what_is_refused(accel, engine, words):
    with pytest.raises(WrongQuestion, match=words):
        find_platforms(make_target(accel=accel, engine=engine), "")


def test_a_recording_is_made_as_it_is_replayed():
    assert recording(["qemu", "-icount", "shift=5,rr=replay,rrfile=recording"]) == [
        *("qemu", "-icount", "shift=5,rr=record,rrfile=recording")
    ]
    assert recording(["qemu", "-icount", "shift=5"]) == []


@pytest.mark.slow
def test_each_is_a_column_and_a_fact():
    platforms = find_platforms(make_target(accel="tcg", engine=",".join(ENGINES)), "")
    assert [platform.name for platform in platforms] == [
        *("tcg", "tcg+icount", "tcg+single", "tcg+one-insn", "tcg+replay")
    ]
    images = select(read_images(), "tf_rep_lods,dbreak_rmw", "kernel64")
    for platform in platforms:
        assert isinstance(platform, QEMU) and platform.facts["engine"] in ENGINES
        results = [
            result for image in images for result in Runner(1, Deadlines()).run(Group(platform, "detached", image))
        ]
        assert {result.verdict for result in results} <= {Verdict.PASS, Verdict.KNOWN}, platform.name


@pytest.fixture
def replay() -> QEMU:
    (platform,) = find_platforms(make_target(accel="tcg", engine="replay"), "")
    assert isinstance(platform, QEMU), platform.reason
    return platform


@pytest.mark.slow
@pytest.mark.parametrize("part", ["record", "replay"])
def test_one_that_fails_in_either_part_is_judged_by_that(replay, tmp_path, part):
    qemu = tmp_path / "qemu"
    qemu.write_text(f"""#!/bin/sh\ncase "$*" in *rr={part}*) exit 3;; esac\nexec {replay.program} "$@"\n""")
    qemu.chmod(0o755)
    (image,) = select(read_images(), "int3", "kernel64")
    (result,) = Runner(1, Deadlines()).run(Group(replace(replay, program=str(qemu)), "detached", image))
    assert (result.verdict, result.reason) == (Verdict.UNUSABLE, "QEMU exited with status 3: without a word")


@pytest.mark.slow
def test_the_command_that_is_kept_records_and_replays(replay, tmp_path):
    (image,) = select(read_images(), "int3", "kernel64")
    folder = tmp_path / "run" / "vm"
    folder.mkdir(parents=True)
    shutil.copy(image.path, tmp_path / "run")
    replay.write_command(folder, image.path, "int3@kernel64", None)
    done = subprocess.run([folder / "command"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert b"end int3@kernel64" in done.stdout and (folder / "recording").stat().st_size
