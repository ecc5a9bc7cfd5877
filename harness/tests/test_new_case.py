# SPDX-License-Identifier: BSD-2-Clause
"""A new case is laid out so that it builds as it stands, and never over another one."""

import os
import subprocess

import pytest

from harness.system.errors import WrongQuestion
from harness.system.places import ROOT
from harness.verbs import new_case


@pytest.fixture(autouse=True)
def cases(monkeypatch, tmp_path):
    monkeypatch.setattr(new_case, "CASES", tmp_path)
    return tmp_path


def test_it_compiles(cases, capsys):
    assert new_case.new_case("ud2") == 0
    assert "CASE=ud2\n" in capsys.readouterr().out
    compiler = os.environ.get("CROSS_COMPILE", "") + "gcc"
    command = [compiler, "-std=gnu11", "-m64", "-ffreestanding", "-mgeneral-regs-only", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([*command, f"-I{ROOT / 'guest'}", "-c", cases / "ud2.c", "-o", cases / "ud2.o"], check=True)


def test_what_is_there_stays(cases):
    (cases / "ud2.c").write_text("mine")
    with pytest.raises(WrongQuestion, match="cases/ud2.c is there already"):
        new_case.new_case("ud2")
    assert (cases / "ud2.c").read_text() == "mine"


@pytest.mark.parametrize("name", ["", "../x", "UD2", "2ud", "a-b", "a b", "a" * 41])
def test_what_is_no_name(cases, name):
    with pytest.raises(WrongQuestion, match="expected up to 40"):
        new_case.new_case(name)
    assert list(cases.iterdir()) == []
