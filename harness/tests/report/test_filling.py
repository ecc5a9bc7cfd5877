# SPDX-License-Identifier: BSD-2-Clause
"""Templates that are compiled once: nothing of that is seen but the time."""

import os

import jinja2
import pytest
from jinja2.bccache import bc_magic

from harness.report import filling
from harness.tests.faults import fault


@pytest.fixture(autouse=True)
def compiled(tmp_path, monkeypatch):
    folder = tmp_path / "compiled"
    monkeypatch.setattr(filling, "COMPILED", folder)
    return folder


@pytest.fixture
def templates(tmp_path):
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page").write_text("<{{ word }}>")
    return folder


def fill(templates, **options) -> str:
    return filling.make_environment(templates, **options).get_template("page").render(word="a<b")


def test_a_second_command_compiles_nothing(templates, compiled, monkeypatch):
    assert fill(templates) == "<a<b>"
    monkeypatch.delattr(jinja2.Environment, "compile")
    assert fill(templates) == "<a<b>"
    assert len(list(compiled.iterdir())) == 1


def test_what_changes_is_compiled_again(templates):
    assert fill(templates) == "<a<b>"
    assert fill(templates, autoescape=True) == "<a&lt;b>"
    (templates / "page").write_text("[{{ word }}]")
    assert fill(templates) == "[a<b]"


@fault("file", "what a template was compiled to, cut off anywhere, or of another form", "it is compiled again")
def test_what_is_broken_is_compiled_again(templates, compiled):
    fill(templates)
    (file,) = compiled.iterdir()
    whole = file.read_bytes()
    for data in [*(whole[:size] for size in range(len(whole))), bc_magic + b"\x80\x04nonsense", b"\0" * len(whole)]:
        file.write_bytes(data)
        assert fill(templates) == "<a<b>"


@pytest.mark.skipif(os.name != "posix", reason="Windows lets folders be written to")
def test_nothing_can_be_kept(templates, compiled):
    compiled.write_text("no folder")
    assert fill(templates) == "<a<b>"
