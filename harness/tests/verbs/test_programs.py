# SPDX-License-Identifier: BSD-2-Clause
"""Programs that a command starts: absent, of another version, or misbehaving; each row is a fault, of a few words."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.system.places import ROOT
from harness.tests.command import left_behind
from harness.tests.faults import fault

pytestmark = [pytest.mark.slow, pytest.mark.soak, pytest.mark.skipif(os.name != "posix", reason="they are scripts")]

QEMU, GDB, BOCHS = (shutil.which(name) or name for name in ("qemu-system-x86_64", "gdb", "bochs"))
HARNESS = [sys.executable, "-m", "harness"]
RUN = [*HARNESS, "run", "--accel=tcg", "--case=int3@kernel64,tf_step@kernel64", "--timeout-multiplier=0.2"]
DETACHED, STEP = [*RUN, "--debugger=detached"], [*RUN, "--debugger=step"]
IN_BOCHS = [*RUN, "--accel=bochs", "--debugger=detached"]
REPRO = [*HARNESS, "repro", "tcg-pause-tf", "--accel=tcg", "--timeout-multiplier=0.2"]
MAKE = ["make", "all"]

ABSENT = None


def when(option: str, does: str, program: str) -> str:
    """A script that does this where it is given an option, and else is the program."""
    return f'case " $* " in *" {option} "*) {does};; esac; exec {program} "$@"'


def qemu(does: str, option: str = "-kernel") -> dict[str, str]:
    return {"qemu-system-x86_64": when(option, does, QEMU)}


def gdb(does: str, option: str = "-x") -> dict[str, str]:
    return {"gdb": when(option, does, GDB)}


def bochs(does: str) -> dict[str, str]:
    return {"bochs": f'if grep -qs guest.iso bochsrc; then {does}; fi; exec {BOCHS} "$@"'}


def row(kind: str, what: str, programs: dict[str, str | None], command: list[str], status: int, words: str):
    mark = fault(kind, what.replace("{", "{{"), f"exit status {status}: {words.replace('{', '{{')}", 120)
    return pytest.param(programs, command, status, words, id=what, marks=mark)


@pytest.fixture
def environment(private, tmp_path):
    """The environment in which these programs are found in the place of the system's."""

    def make(programs: dict[str, str | None]) -> dict[str, str]:
        mine, others = tmp_path / "mine", tmp_path / "others"
        mine.mkdir()
        for name, script in programs.items():
            if script is not ABSENT:
                (mine / name).write_text(script if script.startswith("#!") else f"#!/bin/sh\n{script}\n")
                (mine / name).chmod(0o755)
        path = private["PATH"]
        if ABSENT in programs.values():
            others.mkdir()
            for folder in reversed(path.split(os.pathsep)):
                for program in Path(folder).iterdir() if os.path.isdir(folder) else ():
                    (others / program.name).unlink(missing_ok=True)
                    if programs.get(program.name, "") is not ABSENT:
                        (others / program.name).symlink_to(program)
            path = str(others)
        makes = {name for name in private if name.startswith(("MAKE", "MFLAGS"))}
        return {name: private[name] for name in private if name not in makes} | {"PATH": f"{mine}{os.pathsep}{path}"}

    return make


ROWS = [
    row(
        "machine",
        "no QEMU",
        {"qemu-system-x86_64": ABSENT},
        DETACHED,
        2,
        "qemu-system-x86_64 is not on the PATH: run 'make deps', or say QEMU=path",
    ),
    row("machine", "no gdb", {"gdb": ABSENT}, STEP, 1, "unusable: gdb is not on the PATH"),
    row("machine", "no Bochs", {"bochs": ABSENT}, IN_BOCHS, 1, "unusable"),
    row(
        "machine",
        "no QEMU, for `repro`",
        {"qemu-system-x86_64": ABSENT},
        REPRO,
        128,
        "qemu-system-x86_64 is not on the PATH",
    ),
    row("hypervisor", "a QEMU that is an empty file", {"qemu-system-x86_64": "#!"}, DETACHED, 1, "unusable"),
    row(
        "hypervisor",
        "a QEMU whose interpreter is not there",
        {"qemu-system-x86_64": "#!/nonexistent"},
        DETACHED,
        1,
        "unusable",
    ),
    row("hypervisor", "a QEMU that ends without a word", {"qemu-system-x86_64": "exit 0"}, DETACHED, 1, "unusable"),
    row(
        "hypervisor",
        "a QEMU that dies before it is asked anything",
        {"qemu-system-x86_64": "kill -SEGV $$"},
        DETACHED,
        1,
        "SIGSEGV",
    ),
    row(
        "hypervisor",
        "a QEMU that never answers who it is",
        {"qemu-system-x86_64": "exec sleep 77"},
        DETACHED,
        1,
        "unusable",
    ),
    row(
        "hypervisor",
        "a QEMU of an ancient version, which knows no option",
        {"qemu-system-x86_64": "echo \"qemu: invalid option -- '$1'\" >&2; exit 1"},
        DETACHED,
        1,
        "invalid option",
    ),
    row(
        "hypervisor",
        "a QEMU that cannot load a library",
        {"qemu-system-x86_64": "echo 'qemu: error while loading shared libraries: libx.so' >&2; exit 127"},
        DETACHED,
        1,
        "error while loading shared libraries: libx.so",
    ),
    row(
        "hypervisor",
        "a QEMU for another processor",
        {"qemu-system-x86_64": 'exec qemu-system-aarch64 "$@" || exit 1'},
        DETACHED,
        1,
        "unusable",
    ),
    row("hypervisor", "a QEMU that hangs at each boot", qemu("exec sleep 77"), DETACHED, 1, "hang"),
    row("hypervisor", "a QEMU that is killed at each boot", qemu("kill -KILL $$"), DETACHED, 1, "crash"),
    row("hypervisor", "a QEMU that refuses each boot", qemu("echo no memory >&2; exit 1"), DETACHED, 1, "no memory"),
    row("hypervisor", "a QEMU that floods at each boot", qemu("exec cat /dev/zero"), DETACHED, 1, "hang"),
    row(
        "hypervisor",
        "a QEMU that never answers who it is, for `repro`",
        {"qemu-system-x86_64": "exec sleep 77"},
        REPRO,
        125,
        "cannot be told",
    ),
    row(
        "hypervisor",
        "a QEMU that is killed at each boot, for `repro`",
        qemu("kill -KILL $$"),
        REPRO,
        125,
        "cannot be told",
    ),
    row("debugger", "a gdb that is an empty file", {"gdb": "#!"}, STEP, 1, "unusable"),
    row(
        "debugger",
        "a gdb of an ancient version, which knows no option",
        {"gdb": "echo \"gdb: unrecognized option '-nx'\" >&2; exit 1"},
        STEP,
        1,
        "unrecognized option",
    ),
    row("debugger", "a gdb that never answers who it is", gdb("exec sleep 77", "--version"), STEP, 0, "2 pass"),
    row(
        "debugger",
        "a gdb for another processor",
        gdb("echo 'Error in sourced command file:'; echo 'Architecture rejected target-supplied description'; exit 1"),
        STEP,
        1,
        "rejected",
    ),
    row("debugger", "a gdb that is killed each time", gdb("kill -KILL $$"), STEP, 1, "gdb died of SIGKILL"),
    row(
        "hypervisor",
        "a Bochs that ends without a word",
        {"bochs": "exit 0"},
        IN_BOCHS,
        2,
        "does not say that it is Bochs",
    ),
    row("hypervisor", "a Bochs that hangs at each boot", bochs("exec sleep 77"), IN_BOCHS, 1, "hang"),
    row("hypervisor", "a Bochs that is killed at each boot", bochs("kill -KILL $$"), IN_BOCHS, 1, "crash"),
    row("hypervisor", "a Bochs that floods at each boot", bochs("exec cat /dev/zero"), IN_BOCHS, 1, "hang"),
    row("machine", "no nasm", {"nasm": ABSENT}, MAKE, 2, "trapline: missing nasm: run 'make deps' to install them"),
    row(
        "machine",
        "no compiler",
        {"gcc": ABSENT},
        MAKE,
        2,
        "trapline: missing gcc with -m32 and -m64 for x86 ELF: run 'make deps' to install them",
    ),
    row("machine", "no linker", {"ld": ABSENT}, MAKE, 2, "missing ld"),
    row("machine", "no objcopy", {"objcopy": ABSENT}, MAKE, 2, "trapline: missing objcopy"),
    row(
        "machine",
        "a compiler that knows no -m32",
        {"gcc": "exit 1"},
        MAKE,
        2,
        "missing gcc with -m32 and -m64 for x86 ELF",
    ),
]


@pytest.mark.parametrize("programs, command, status, words", ROWS)
def test_a_program_that_misbehaves(environment, programs, command, status, words):
    variables = environment(programs)
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120)
    assert (done.returncode, words in done.stdout + done.stderr) == (status, True), done.stdout + done.stderr
    assert done.stderr.count("\n") <= 1, done.stderr
    assert left_behind(variables) == []
