# SPDX-License-Identifier: BSD-2-Clause
"""The guest by Clang: cases are answered as by GCC. `make matrix` holds all logs against each other, byte for byte."""

import shutil
import subprocess

import pytest

from harness.catalogue.image import read_image
from harness.platform import find_platforms
from harness.runs.runner import make_groups
from harness.system.places import ROOT
from harness.tests.aim import aimed
from harness.tests.checkout.test_make import QUICKLY, checkout_of_few, make

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("clang"), reason="there is no clang")]


def test_cases_are_answered_alike(tmp_path, runner, settings):
    tree = checkout_of_few(tmp_path)
    done = make("build/guest64.elf", "CC=clang", QUICKLY, cwd=tree)
    assert (done.returncode, done.stderr) == (0, "")
    (tcg,) = find_platforms(aimed(settings.target, accel="tcg"), "")
    results = [
        result
        for group in make_groups([tcg], "detached", [read_image(tree / "build" / "guest64.elf")])
        for result in runner.run(group)
    ]
    assert {result.name for result in results} == {"icebp", "nmi_stepping"}
    assert not [result for result in results if not result.verdict.green]


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
