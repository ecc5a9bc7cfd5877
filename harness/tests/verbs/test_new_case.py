# SPDX-License-Identifier: BSD-2-Clause
"""A new case is laid out so that it builds as it stands, and never over another one."""

import os
import subprocess

import pytest

from harness.blessing.rules import rules_of
from harness.catalogue import files
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT
from harness.verbs import new_case


@pytest.fixture(autouse=True)
def cases(monkeypatch, tmp_path):
    for module in (new_case, files):
        monkeypatch.setattr(module, "CASES", tmp_path / "cases")
    (tmp_path / "cases" / "int").mkdir(parents=True)
    return tmp_path / "cases"


@pytest.mark.parametrize("family", ["int", "quite_new"])
def test_it_compiles(cases, capsys, family):
    assert new_case.new_case(f"{family}/ud2") == 0
    assert "CASE=ud2\n" in capsys.readouterr().out
    assert len(rules_of(cases / family / "ud2.log")) == 1
    compiler = os.environ.get("CROSS_COMPILE", "") + "gcc"
    command = [compiler, "-std=gnu11", "-m64", "-ffreestanding", "-mgeneral-regs-only", "-Wall", "-Wextra", "-Werror"]
    source = cases / family / "ud2.c"
    subprocess.run([*command, f"-I{ROOT / 'guest'}", "-c", source, "-o", source.with_suffix(".o")], check=True)


@pytest.mark.parametrize("family", ["int", "quite_new"])
def test_what_is_there_stays(cases, family):
    (cases / "int" / "ud2.c").write_text("mine")
    with pytest.raises(WrongQuestion, match="cases/int/ud2.c is there already"):
        new_case.new_case(f"{family}/ud2")
    assert (cases / "int" / "ud2.c").read_text() == "mine"


@pytest.mark.parametrize("name", ["", "../x", "UD2", "2ud", "a-b", "a b", "a" * 41])
@pytest.mark.parametrize("family", ["", "int/", "../", "a/b/", "Int/"])
def test_what_is_no_name(cases, family, name):
    with pytest.raises(WrongQuestion, match="expected FAMILY/NAME.* the families int$"):
        new_case.new_case(family + name)
    assert list(cases.rglob("*")) == [cases / "int"]
