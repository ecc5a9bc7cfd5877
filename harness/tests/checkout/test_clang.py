# SPDX-License-Identifier: BSD-2-Clause
"""The guest by Clang: another compiler's code, and each byte of the log the same."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.system.places import BUILD, ROOT
from harness.tests.checkout.test_make import make

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("clang"), reason="there is no clang")]


def logs(tree: Path) -> list[bytes]:
    """What all cases write on TCG, VM by VM, without how those ended that did not come to their end: by addresses."""
    command = [sys.executable, "-m", "harness", "run", "--accel=tcg", "--debugger=detached"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = (tree / "build" / "runs").iterdir()
    return sorted(path.read_bytes().partition(b"\nended ")[0] for path in run.glob("*/serial.log"))


@pytest.fixture
def trees(tmp_path):
    """Two checkouts: one to be built by Clang, one with the images that are there."""
    ignored = shutil.ignore_patterns(".git", "build", "__pycache__")
    for name in ("clang", "gcc"):
        shutil.copytree(ROOT, tmp_path / name, ignore=ignored)
    (tmp_path / "gcc" / "build").mkdir()
    for file in BUILD.glob("guest*.elf"):
        shutil.copy2(file, tmp_path / "gcc" / "build")
    return tmp_path


def test_the_logs_are_the_same(trees):
    done = make("all", "CC=clang", cwd=trees / "clang")
    assert (done.returncode, done.stderr) == (0, "")
    by_clang, by_gcc = logs(trees / "clang"), logs(trees / "gcc")
    assert b"\n" in by_gcc[-1]
    assert by_clang == by_gcc


RAW = r"""int before;
const char text[] = R"(
    mov	$1, "\name" # 2

)";
int after = __LINE__;
"""
ORDINARY = r"""int before;
const char text[] = ""
"    mov	$1, \"\\name\" # 2\n"
"\n"
"";
int after = __LINE__;
"""


def test_raw_strings_keep_their_text_and_their_lines():
    command = ["sed", "-f", str(ROOT / "guest" / "raw.sed")]
    done = subprocess.run(command, input=RAW, capture_output=True, text=True, check=True)
    assert done.stdout == ORDINARY
