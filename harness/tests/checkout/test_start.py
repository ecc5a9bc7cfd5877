# SPDX-License-Identifier: BSD-2-Clause
"""How a command starts: with the Python that was found before, while that is right, and with no more than it needs."""

import os
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.command_line import make_parser
from harness.system.places import ROOT
from harness.tests.command import harness
from harness.tests.faults import fault

# A Python that notes that it was asked, and has what any other has.
PYTHON = f"""#!/bin/sh
echo asked >>"$0.asked"
exec {sys.executable} "$@"
"""


@pytest.fixture
def python(tmp_path) -> Path:
    """A Python of its own, in a checkout that asks for what is quickly imported."""
    path = tmp_path / "bin" / "python3"
    path.parent.mkdir()
    path.write_text(PYTHON)
    path.chmod(0o755)
    shutil.copytree(ROOT / "harness", tmp_path / "harness", ignore=lambda *_: ["tests", "__pycache__"])
    (tmp_path / "build").mkdir()
    (tmp_path / "cases").mkdir()
    (tmp_path / "requirements.txt").write_text("one  # import json\ntwo  # import argparse\n")
    return path


def find(python: Path, verb: str = "python", **variables: str) -> str:
    """What deps.sh says, of a checkout above the Python; "" where it has not searched for it."""
    asked = Path(f"{python}.asked")
    asked.unlink(missing_ok=True)
    environment = os.environ | {"PATH": f"{python.parent}:{os.environ['PATH']}", "PYTHON": ""} | variables
    command = [python.parent.parent / "harness" / "deps.sh", verb]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return f"{done.stdout.strip()}{' searched' if asked.exists() else ''}"


def test_a_python_that_was_found_is_remembered(python):
    assert find(python) == f"{python} searched"
    assert find(python) == str(python)
    assert find(python, "find-python") == f"{python} searched"


def test_another_question_is_another_search(python):
    find(python)
    assert find(python, PATH=f"{python.parent}:/usr/bin:/bin") == f"{python} searched"
    assert find(python, PYTHON=str(python)) == f"{python} searched"
    assert find(python, PYTHON=str(python)) == str(python)
    assert find(python, PYTHON=str(python), PYTHONPATH="/nonexistent") == f"{python} searched"


@fault("file", "what is remembered of Python is wrong", "it is searched again")
@pytest.mark.parametrize("text", ["", "nothing\n", None])
def test_what_is_remembered_wrongly_is_searched_again(python, text):
    find(python)
    memory = python.parent.parent / "build" / "found-python"
    key, path, *files = memory.read_text().splitlines()
    assert path == str(python) and len(files) == 2 and all(map(os.path.exists, files))
    memory.write_text("\n".join([key, path, *files[1:], "/nonexistent", ""]) if text is None else text)
    assert find(python) == f"{python} searched"
    assert find(python) == str(python)


@fault("machine", "the Python that was found is gone", "another one is searched")
def test_a_python_that_has_gone_is_not_remembered(python):
    find(python)
    python.rename(python.with_name("python3.99"))
    assert str(python.parent) not in find(python)


def test_a_checkout_without_build_remembers_nothing(python):
    (python.parent.parent / "build").rmdir()
    assert find(python) == find(python) == f"{python} searched"
    assert not (python.parent.parent / "build").exists()


def tries(python: Path, text: str) -> int:
    """How often a check of what building takes tries a compiler whose script is this."""
    compiler = python.with_name("gcc")
    script = f'#!/bin/sh\necho "$1" >>"$0.asked"\n{text}\n'
    if not compiler.exists() or compiler.read_text() != script:
        compiler.write_text(script)
        compiler.chmod(0o755)
    asked = Path(f"{compiler}.asked")
    asked.write_text("")
    environment = os.environ | {"PATH": f"{python.parent}:{os.environ['PATH']}", "CROSS_COMPILE": ""}
    command = [python.parent.parent / "harness" / "deps.sh", "check", "build"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ("gcc" in done.stderr) == (text != "exit 0"), done.stderr
    return len(asked.read_text().split())


def test_a_compiler_is_tried_once(python):
    assert [tries(python, "exit 0"), tries(python, "exit 0")] == [2, 0]
    assert [tries(python, "exit 1"), tries(python, "exit 1")] == [1, 1]
    assert [tries(python, "exit 0"), tries(python, "exit 0")] == [2, 0]


@fault("machine", "the Python that was found has lost its modules", "another one goes on", 120)
@pytest.mark.slow
def test_the_harness_goes_on_where_what_is_remembered_has_no_modules(python, private):
    """The files of the modules are there, but this Python does not look for them."""
    shutil.copy(ROOT / "requirements.txt", python.parent.parent)
    find(python)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    assert find(python) == str(python)
    command = [python, "-m", "harness", "diff", "/nonexistent", "/nonexistent"]
    environment = private | {"PATH": f"{python.parent}:{private['PATH']}", "PYTHON": ""}
    done = subprocess.run(
        command, cwd=python.parent.parent, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr == "trapline: /nonexistent: No such file or directory\n"


def test_bytecode_that_is_not_wanted_beside_the_sources_is_in_build(python, private):
    command = [sys.executable, "-m", "harness", "--help"]
    root = python.parent.parent
    environment = private | {"PYTHONDONTWRITEBYTECODE": "1"}
    assert subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=60).returncode == 0
    assert not list((root / "harness").rglob("*.pyc"))
    assert list((root / "build" / "__pycache__").rglob("command_line.*.pyc"))


def test_every_verb_has_its_function():
    (verbs,) = make_parser()._subparsers._group_actions
    assert "run" in verbs.choices
    for verb in verbs.choices.values():
        assert callable(pkgutil.resolve_name(verb.get_default("function")))
        known = {action.dest for action in verb._actions}
        assert known >= set(verb.get_default("own"))


def test_the_version_is_said(private):
    done = harness(private, "--version")
    assert (done.returncode, done.stderr) == (0, "") and re.fullmatch(r"trapline \S+\n", done.stdout)


@pytest.mark.parametrize(
    "place, spared",
    [
        ("command_line", ["rich", "jinja2", "harness.platform", "harness.judging.bugs"]),
        ("verbs.run", ["harness.lab.host", "harness.symbolize", "harness.bench"]),
    ],
)
def test_only_what_a_verb_needs_is_imported(place, spared):
    program = f"import sys, harness.{place}; print(*[name for name in {spared} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
