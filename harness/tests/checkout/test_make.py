# SPDX-License-Identifier: BSD-2-Clause
"""The front door: its knobs are the harness's, a knob that is none is refused, and the guest is built."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from harness.knobs import KNOBS, variable
from harness.system.places import ROOT
from harness.tests.faults import fault

pytestmark = pytest.mark.slow

# What is built is never run.
QUICKLY = "OPT=-O0 -g0"

# One after the other in one worker: the first one builds what the others change.
ON_A_BUILD = pytest.mark.xdist_group("build")

PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def make(*arguments, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    """A make of its own, not one below the make that runs these tests."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> Path:
    return checkout_of_few(tmp_path_factory.mktemp("few"))


def checkout_of_few(folder: Path) -> Path:
    """A checkout of three cases."""
    tree = folder / "it's a checkout"
    for folder in ("boot", "guest", "agent", "harness"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    for file in (
        "Makefile",
        "linker.ld",
        "requirements.txt",
        "cases/int/icebp.c",
        "cases/nmi/nmi_stepping.c",
        "cases/tf/tf_sysenter.c",
    ):
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tree / file)
    return tree


@pytest.fixture
def spy(tmp_path) -> Path:
    """A compiler that writes down when it starts, +, and when it ends, -."""
    script = tmp_path / "spy"
    log = tmp_path / "log"
    script.write_text(f"#!/bin/sh\necho + >>'{log}'\ngcc \"$@\"\nstatus=$?\necho - >>'{log}'\nexit $status\n")
    script.chmod(0o755)
    return script


def test_help_lists_every_knob_of_the_harness():
    text = make("help").stdout
    for name, _, _ in KNOBS:
        assert f"\n  {variable(name):20}" in text


def test_make_passes_on_every_knob_of_the_harness():
    line = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("KNOBS :="))
    assert line.split()[2:] == [variable(name) for name, _, _ in KNOBS]


@fault("machine", "`make run DEBUGER=all`", "exit status 2: there is no knob DEBUGER", 120)
def test_an_unknown_knob_is_refused():
    done = make("run", "DEBUGER=all")
    assert done.returncode == 2
    assert "there is no knob DEBUGER" in done.stderr


def test_only_an_image_is_built_elsewhere():
    assert make("-n", "build/it/guest32.elf", "BUILD=build/it").returncode == 0
    assert "there is no knob BUILD" in make("run", "BUILD=build/it").stderr


@pytest.mark.parametrize(
    "goal, knob, words",
    [
        ("run", "JUNIT=x", "JUNIT= is for make test: make run has JSON= and TAP="),
        ("test", "BASELINE=x", "BASELINE= is for make run: make test has JUNIT="),
        ("list", "SUMMARY=x", "SUMMARY= is for make run: "),
        ("all", "TAP=x", "TAP= is for make run: "),
    ],
)
def test_a_knob_of_another_goal_is_refused(goal, knob, words):
    done = make("-n", goal, knob)
    assert done.returncode == 2 and f"trapline: {words}" in done.stderr


def test_several_goals_share_their_knobs():
    done = make("-n", "list", "run", "test", "TAP=x", "JUNIT=y")
    assert done.returncode == 0, done.stderr
    assert "--tap='x'" in done.stdout and "--junit-xml='y'" in done.stdout


def test_a_value_with_spaces_and_quotes_arrives():
    done = make("list", 'QEMU=/no such/it\'s "here"')
    assert done.returncode == 2
    assert 'QEMU=/no such/it\'s "here": there is no such program' in done.stderr


def test_what_is_built_is_not_built_again():
    assert make("all").returncode == 0
    assert make("all").stdout == ""


@fault(
    "machine",
    "`make run` with a {id} that is not there",
    "exit status 2: missing it: run 'make deps' to install them, or correct the knob",
    120,
)
@pytest.mark.parametrize(
    "knob, missing",
    [
        ("PYTHON=/no such/python", r"a Python >= 3\.11 with .* \(PYTHON=/no such/python\)"),
        ("CROSS_COMPILE=zz-", "zz-gcc with -m32 and -m64 for x86 ELF, zz-ld, zz-objcopy, .*"),
        ("CC=zz-clang", "zz-clang with -m32 and -m64 for x86 ELF"),
        ("GDB=zz-gdb", "zz-gdb"),
    ],
    ids=["Python", "binutils", "compiler", "gdb"],
)
def test_what_is_asked_for_is_what_is_looked_for(knob, missing):
    done = make("run", knob)
    assert done.returncode == 2
    said = f"trapline: missing {missing}: run 'make deps' to install them, or correct .*{knob.partition('=')[0]}"
    assert re.search(said, done.stderr)


@ON_A_BUILD
def test_the_build_says_what_it_does_and_no_tool_adds_a_word(few):
    done = make("clean", "all", QUICKLY, cwd=few)
    assert (done.returncode, done.stderr) == (0, "")
    first, begin, end = done.stdout.splitlines()
    files = 2 * sum(
        len(list(few.glob(pattern)))
        for pattern in ("guest/*.c", "guest/*/*.c", "cases/*/*.c", "boot/*.asm", "guest/*/*.asm")
    )
    assert first == "rm -rf build"
    assert begin == f"trapline: building the guest: {files} files, {PROCESSORS} at a time"
    assert end == f"trapline: built {files + 6} files"  # the images, with and without debug information, and the host's


@ON_A_BUILD
def test_a_change_is_built_alone(few):
    assert make("all", QUICKLY, cwd=few).returncode == 0
    os.utime(few / "cases" / "int" / "icebp.c")
    done = make("all", QUICKLY, cwd=few)
    assert done.stdout.splitlines()[1:] == ["trapline: built 6 files"]
    assert done.stdout.startswith("trapline: building the guest: what changed, ")
    os.utime(few / "guest" / "body.inc")  # each case includes it, by its assembler
    assert make("all", QUICKLY, cwd=few).stdout.splitlines()[1:] == ["trapline: built 10 files"]
    assert make("all", QUICKLY, cwd=few).stdout == ""


@fault(
    "machine",
    "a clock that was set back since the build",
    "what has changed since is built, as if it had not been",
    300,
)
def test_a_clock_that_was_set_back(tmp_path):
    """What was built, and what it was built of, is of tomorrow; and then a source is written."""
    tree = checkout_of_few(tmp_path)
    source, compiled = "cases/int/icebp.c", "build/64/cases/int/icebp.c.o"
    assert make(compiled, QUICKLY, cwd=tree).returncode == 0
    tomorrow = time.time() + 24 * 3600
    for path in [tree, *tree.rglob("*")]:
        os.utime(path, (tomorrow, tomorrow))
    before = (tree / compiled).read_bytes()
    (tree / source).write_text((tree / source).read_text().replace("0xf1", "0xf4"))
    done = make(compiled, QUICKLY, cwd=tree)
    assert (tree / compiled).read_bytes() != before, done.stdout + done.stderr


@ON_A_BUILD
def test_goals_are_met_in_the_order_given(few):
    assert make("all", QUICKLY, cwd=few).returncode == 0
    os.utime(few / "cases" / "int" / "icebp.c")
    done = make("all", "clean", QUICKLY, cwd=few)
    assert done.returncode == 0, done.stderr
    assert "\ntrapline: built 6 files\n" in done.stdout and not (few / "build").exists()


@pytest.mark.parametrize(
    "flag, most", [(None, PROCESSORS), ("-j1", 1), ("-j3", 3)], ids=["by itself", "one", "as many as told"]
)
def test_it_compiles_in_parallel(few, spy, flag, most):
    """Goals one after the other all the same: what clean removes is there in the end."""
    done = make(
        "clean", "build/guest64.elf", QUICKLY, f"CC={os.path.relpath(spy, few)}", *([flag] if flag else []), cwd=few
    )
    assert done.returncode == 0, done.stderr
    assert f", {most} at a time" in done.stdout
    running = deepest = 0
    for line in (spy.parent / "log").read_text().split():
        running += 1 if line == "+" else -1
        deepest = max(deepest, running)
    assert deepest == most
    assert (few / "build" / "guest64.elf").exists()


@fault("machine", "a source that does not compile", "exit status 2, and no file half made", 300)
def test_a_build_that_fails_leaves_no_file_half_made(few):
    source = few / "guest" / "string.c"
    whole = source.read_text()
    source.write_text(f"{whole}#error broken\n")
    try:
        done = make("clean", "all", QUICKLY, cwd=few)
    finally:
        source.write_text(whole)
    assert done.returncode == 2 and "#error broken" in done.stderr
    left = {path.suffix for path in (few / "build").rglob("*") if path.is_file()}
    assert left <= {".o", ".d", ""}, left


def test_tools_are_told_how_each_file_is_compiled(few):
    assert make("compile_commands.json", cwd=few).returncode == 0
    commands = json.loads((few / "compile_commands.json").read_text())
    assert "cases/int/icebp.c" in [command["file"] for command in commands]
    for command in commands:
        assert Path(command["directory"], command["file"]).is_file() and command["command"].startswith("gcc -m64 ")


@fault("machine", "a gcc that is clang", "exit status 2: missing gcc with -m32 and -m64 for x86 ELF", 120)
def test_a_gcc_that_is_clang_is_refused(tmp_path, monkeypatch):
    if not (clang := shutil.which("clang")):
        pytest.skip("there is no clang")
    (tmp_path / "gcc").symlink_to(clang)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    done = make("all")
    assert done.returncode == 2
    assert "missing gcc with -m32 and -m64 for x86 ELF" in done.stderr
