# SPDX-License-Identifier: BSD-2-Clause
"""The package, installed from a checkout by pip, as `trapline`; pipx does the same."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.system.places import BUILD, ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(importlib.util.find_spec, ("pip", "setuptools", "wheel", "venv"))),
        reason="pip, setuptools, wheel or venv is not there to build a package with",
    ),
]


def installed(directory: Path, *how: str) -> Path:
    """The program, installed from a copy of the checkout into an environment of its own, from no index."""
    checkout = directory / "checkout"
    shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(".git", "build", "__pycache__"))
    environment = directory / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", environment], check=True)
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    subprocess.run(
        [environment / "bin" / "python", "-m", "pip", "install", *options, *how, checkout], check=True, timeout=300
    )
    return environment / "bin" / "trapline"


@pytest.mark.parametrize("how", [["-e"], []], ids=["editable", "copied"])
def test_it_runs_in_a_checkout(tmp_path, how):
    program = installed(tmp_path, *how)
    checkout = tmp_path / "checkout"
    (checkout / "build").mkdir(exist_ok=True)
    for image in BUILD.glob("guest*.elf"):
        shutil.copy(image, checkout / "build")
    command = [program, "run", "--accel=tcg", "--debugger=detached", "--case=int3@kernel64"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    done = subprocess.run([program, "show", "int3"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    if how:
        assert done.returncode == 0
    else:
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("trapline: there is no cases/ here: go into a checkout")
