# SPDX-License-Identifier: BSD-2-Clause
"""The front door: its knobs are the harness's, a knob that is none is refused, and the guest is built."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.settings import KNOBS, ROOT


def make(*arguments, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    """A make of its own, not one below the make that runs these tests."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)


def test_help_lists_every_knob_of_the_harness():
    text = make("help").stdout
    for name, _, _ in KNOBS:
        assert f"  {name.upper().replace('-', '_')} " in text


def test_make_passes_on_every_knob_of_the_harness():
    line = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("KNOBS :="))
    assert line.split()[2:] == [name.upper().replace("-", "_") for name, _, _ in KNOBS]


def test_an_unknown_knob_is_refused():
    done = make("run", "DEBUGER=all")
    assert done.returncode == 2
    assert "there is no knob DEBUGER" in done.stderr


def test_a_value_with_spaces_and_quotes_arrives():
    done = make("list", 'QEMU=/no such/it\'s "here"')
    assert done.returncode == 2
    assert 'QEMU=/no such/it\'s "here": there is no such program' in done.stderr


def test_what_is_built_is_not_built_again():
    assert make("all").returncode == 0
    assert make("all").stdout == ""


@pytest.mark.parametrize(
    "knob, missing",
    [
        ("PYTHON=/no such/python", r"a Python >= 3\.11 with .* \(PYTHON=/no such/python\)"),
        ("CROSS_COMPILE=zz-", "zz-gcc with -m32 and -m64 for x86 ELF, zz-ld, zz-objcopy, .*"),
        ("CC=zz-clang", "zz-clang with -m32 and -m64 for x86 ELF"),
        ("GDB=zz-gdb", "zz-gdb"),
    ],
)
def test_what_is_asked_for_is_what_is_looked_for(knob, missing):
    done = make("run", knob)
    assert done.returncode == 2
    said = f"trapline: missing {missing}: run 'make deps' to install them, or correct .*{knob.partition('=')[0]}"
    assert re.search(said, done.stderr)


def test_a_gcc_that_is_clang_is_refused(tmp_path, monkeypatch):
    if not (clang := shutil.which("clang")):
        pytest.skip("there is no clang")
    (tmp_path / "gcc").symlink_to(clang)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    done = make("all")
    assert done.returncode == 2
    assert "missing gcc with -m32 and -m64 for x86 ELF" in done.stderr
