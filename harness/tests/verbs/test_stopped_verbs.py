# SPDX-License-Identifier: BSD-2-Clause
"""Each verb is stopped, or killed, in its midst: while a program that it waits for hangs."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.catalogue.image import read_images, select
from harness.system.places import BUILD, ROOT
from harness.tests.command import begin, left_behind, without_progress
from harness.tests.faults import fault

pytestmark = [pytest.mark.slow, pytest.mark.soak, pytest.mark.skipif(os.name != "posix", reason="they are scripts")]

HANGS = ': >"$0.begun"; exec sleep 77'

# What hangs, where its options have this, and what is stopped then.
MIDST = {
    "run": ("qemu-system-x86_64", "-kernel", ["run", "--accel=tcg", "--case=int3", "--debugger=detached"]),
    "run, while it asks who QEMU is": ("qemu-system-x86_64", "", ["run", "--accel=tcg", "--case=int3"]),
    "run, in gdb": ("gdb", "-x", ["run", "--accel=tcg", "--case=int3@kernel64", "--debugger=step"]),
    "run, in Bochs": ("bochs", "-f", ["run", "--accel=bochs", "--case=int3@kernel64"]),
    "repro": ("qemu-system-x86_64", "-kernel", ["repro", "tcg-pause-tf", "--accel=tcg"]),
    "bugs": ("qemu-system-x86_64", "-kernel", ["bugs", "--accel=tcg"]),
    "bless": ("qemu-system-x86_64", "-kernel", ["bless", "int3", "--accel=tcg,bochs"]),
    "list": ("qemu-system-x86_64", "", ["list"]),
    "symbolize": ("addr2line", "", ["symbolize", f"--elf={BUILD / 'guest64.debug.elf'}", "{folder}/dump"]),
    "lab fetch": ("apt-get", "update", ["lab", "fetch", "linux-6.12"]),
    "iso": ("grub-mkrescue", "", ["iso"]),
}


def hanging(folder: Path, name: str, option: str) -> Path:
    """A program of this name that hangs where it is given such an option; its path."""
    real = shutil.which(name)
    if real is None:
        pytest.skip(f"{name} is not on the PATH")
    path = folder / "bin" / name
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\ncase "$*" in *"{option}"*) {HANGS};; esac\nexec {real} "$@"\n')
    path.chmod(0o755)
    return path


@fault("stop", "{number} to `{verb}`", "exit status of that signal, one line, and nothing is left", 120)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
@pytest.mark.parametrize("verb", MIDST)
def test_a_verb_that_is_stopped(private, tmp_path, verb, number):
    name, option, arguments = MIDST[verb]
    program = hanging(tmp_path, name, option)
    (tmp_path / "dump").write_text(
        "panic cpu=0 vector=13 name=#GP error=0000\nrip=0000000000100000\n0000000000100000\n"
    )
    own = {"PATH": f"{program.parent}{os.pathsep}{private['PATH']}", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    words = [word.replace("{folder}", str(tmp_path)) for word in arguments]
    command = [sys.executable, "-m", "harness", *words]
    running = begin(private | own, command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not Path(f"{program}.begun").exists():
        assert time.monotonic() < until and running.poll() is None, running.communicate()
        time.sleep(0.02)
    running.send_signal(number)
    _, errors = running.communicate(timeout=60)
    if number == signal.SIGKILL:
        assert running.returncode == -number
    else:
        assert running.returncode == 128 + number
        assert without_progress(errors) in ("", "trapline: stopped\n")
        assert [place for place in left_behind(private) if not place.startswith(private["TMPDIR"])] == []


@fault(
    "beside", "a `make` beside another, from a clean tree", "exit status 0 of both, and the images of one alone", 600
)
def test_two_builds_at_once(tmp_path):
    trees = ("boot", "guest", "agent", "harness", "cases/int")
    for folder in trees:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    for file in ("Makefile", "linker.ld", "requirements.txt"):
        shutil.copy(ROOT / file, tmp_path)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}

    def build() -> subprocess.Popen:
        return subprocess.Popen(["make", "all"], cwd=tmp_path, env=environment, **streams)

    both = [build(), build()]
    said = [each.communicate(timeout=500) for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    images = {path.name: path.read_bytes() for path in (tmp_path / "build").glob("guest*.elf")}
    shutil.rmtree(tmp_path / "build")
    alone = build()
    alone.communicate(timeout=500)
    assert images == {path.name: path.read_bytes() for path in (tmp_path / "build").glob("guest*.elf")}


# A plugin by which the first worker dies in its first test.
DIES = """
import os, signal
def pytest_runtest_call(item):
    if os.environ.get("PYTEST_XDIST_WORKER") == "gw0":
        os.kill(os.getpid(), signal.SIGKILL)
"""


@fault("stop", "a worker of `make test` is killed", "exit status 1: worker 'gw0' crashed; what it ran is `cut`", 120)
def test_a_worker_that_dies(private, tmp_path):
    (tmp_path / "dies.py").write_text(DIES)
    file = tmp_path / "out.json"
    command = [sys.executable, "-m", "pytest", "-q", "-n2", "-p", "dies", "harness/tests/test_cases.py", "--accel=tcg"]
    command += ["--case=int3", "--debugger=detached,attached", f"--json={file}"]
    own = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, cwd=ROOT, env=private | own, capture_output=True, text=True, timeout=110)
    assert done.returncode == 1 and "worker 'gw0' crashed" in done.stdout, done.stdout + done.stderr
    results = json.loads(file.read_text())
    (lost,) = (result for result in results if result["verdict"] == "cut")
    (image,) = (image for image in read_images() if lost["reason"].startswith(f"{image.name}'s cases: "))
    missing = {(case.partition("@")[2], lost["debugger"]) for case in select([image], "int3", "")[0].cases}
    found = {(result["mode"], result["debugger"]) for result in results if result is not lost}
    modes = [case.partition("@")[2] for image in select(read_images(), "int3", "") for case in image.cases]
    assert found | missing == {(mode, debugger) for mode in modes for debugger in ("detached", "attached")}
    assert not found & missing
