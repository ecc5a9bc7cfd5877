# SPDX-License-Identifier: BSD-2-Clause
"""The cases spread over several Pythons by pytest-xdist, as docs/ci.md says: each VM boots in one of them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.settings import ROOT


def test_the_cases_of_a_vm_stay_together(private, tmp_path):
    pytest.importorskip("xdist")
    file = tmp_path / "results.json"
    options = ["--case=int3", "--debugger=detached,hbreak", "--dist=load", f"--json={file}"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "harness/tests/test_cases.py", *options]
    workers = f"--tx=2*popen//python={sys.executable}"
    done = subprocess.run([*command, workers], cwd=ROOT, env=private, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    folders = {Path(result["run"]) for result in json.loads(file.read_text())}
    assert len({folder.name for folder in folders}) == len(folders) == 4
    assert len({folder.parent for folder in folders}) == 2
