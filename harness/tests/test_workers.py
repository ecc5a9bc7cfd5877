# SPDX-License-Identifier: BSD-2-Clause
"""The tests of cases: what JSON= and JUNIT= have of each, and several Pythons by pytest-xdist, as docs/ci.md says."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness.system.places import ROOT
from harness.tests.faults import fault

pytestmark = pytest.mark.slow


def cases(private, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "harness/tests/test_cases.py", *options]
    return subprocess.run(command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120)


def test_each_case_is_a_test_of_its_own_and_those_of_a_vm_stay_together(private, tmp_path):
    file, junit = tmp_path / "results.json", tmp_path / "results.xml"
    workers = ["--dist=load", f"--tx=2*popen//python={sys.executable}"]
    options = [f"--json={file}", f"--junit-xml={junit}", *workers]
    done = cases(private, "--case=int3@kernel*,init_sipi@kernel64", "--debugger=detached,hbreak", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(file.read_text())
    expected = {
        f"test_case[{case}-tcg-{debugger}]"
        for case in ("int3@kernel32", "int3@kernel64", "init_sipi@kernel64")
        for debugger in ("detached", "hbreak")
    }
    found = {test.get("name"): test for test in ElementTree.parse(junit).iter("testcase")}
    assert len(results) == len(expected) and expected <= set(found)
    for result in results:
        test = found[f"test_case[{result['case']}@{result['mode']}-{result['platform']}-{result['debugger']}]"]
        properties = {entry.get("name"): entry.get("value") for entry in test.iter("property")}
        assert properties == {name: str(value) for name, value in result.items()}
        assert (ROOT / result["run"] / "serial.log").is_file()
        assert test.find("failure") is None
    assert str(ROOT) not in file.read_text() + junit.read_text()
    folders = {Path(result["run"]) for result in results}
    assert len({folder.name for folder in folders}) == len(folders) == 4, "not one for each VM"
    assert len({folder.parent for folder in folders}) == 2, "not one for each worker"
    assert all(folder.parts[:2] == ("build", "runs") for folder in folders)


def test_a_case_that_is_not_green_fails_by_its_name(private, tmp_path):
    """On a CPU that the 64-bit image does not run on."""
    junit = tmp_path / "results.xml"
    done = cases(private, "--case=int3@kernel*", "--debugger=detached", "--cpu=qemu32", f"--junit-xml={junit}")
    assert done.returncode == 1
    assert "int3@kernel64 on tcg detached: unusable: the kernel64 image needs lm=1" in done.stdout
    failures = {test.get("name"): test.find("failure") for test in ElementTree.parse(junit).iter("testcase")}
    assert failures["test_case[int3@kernel32-tcg-detached]"] is None
    assert "needs lm=1" in failures["test_case[int3@kernel64-tcg-detached]"].text


@fault(
    "own",
    "a worker of pytest-xdist dies in a test",
    "that one fails, and is not begun again; what it lost is `cut`, and all others run",
    120,
)
def test_what_a_worker_dies_of_is_run_once(private, tmp_path):
    """Else it would take each worker that comes instead, until no more come, and fail anew each time."""
    (tmp_path / "dying.py").write_text(
        "import os\n"
        "from harness.runs.runner import Runner\n"
        "whole = Runner.run\n"
        "Runner.run = lambda self, group: os._exit(3) if group.debugger == 'hbreak' else whole(self, group)\n"
    )
    file, junit = tmp_path / "results.json", tmp_path / "results.xml"
    options = [f"--json={file}", f"--junit-xml={junit}", "-p", "dying", "--dist=load", "-n2"]
    environment = private | {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    done = cases(environment, "--case=int3@kernel*", "--debugger=detached,hbreak,attached", *options)
    assert done.returncode == 1 and "2 failed, 4 passed" in done.stdout, done.stdout
    results = json.loads(file.read_text())
    assert sorted(result["debugger"] for result in results) == ["attached"] * 2 + ["detached"] * 2 + ["hbreak"] * 2
    rest = [
        (result["case"], result["verdict"], result["reason"]) for result in results if result["debugger"] == "hbreak"
    ]
    words = "'s cases: the test's worker has died"
    assert sorted(rest) == [("(the rest)", "cut", f"guest{width}{words}") for width in (32, 64)]
    errors = [test.get("name") for test in ElementTree.parse(junit).iter("testcase") if test.find("error") is not None]
    assert sorted(errors) == [f"test_cases[guest{width}-tcg-hbreak]" for width in (32, 64)]


def test_a_case_without_a_result_fails(private, tmp_path):
    """A runner that loses one, as a plugin of pytest's."""
    (tmp_path / "losing.py").write_text(
        "from harness.runs.runner import Runner\n"
        "whole = Runner.run\n"
        "Runner.run = lambda self, group: whole(self, group)[1:]\n"
    )
    environment = private | {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    done = cases(environment, "--case=int3@kernel64,int_n@kernel64", "--debugger=detached", "-p", "losing")
    assert done.returncode == 1 and "there is not one result for each case" in done.stdout
