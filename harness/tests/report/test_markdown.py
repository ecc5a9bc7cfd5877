# SPDX-License-Identifier: BSD-2-Clause
"""The summary in Markdown: what it counts, and that nothing in it is taken for anything but text."""

import re

import pytest

from harness.judging.result import Judgement, Named, Result, Verdict
from harness.report.markdown import plain, summary
from harness.runs import read
from harness.runs.merge import merge
from harness.tests.report.kept import keep, nasty_run, verdict


@pytest.fixture
def nasty(tmp_path) -> tuple[list[str], list[Result]]:
    return nasty_run(tmp_path)


def test_the_summary_shows_text_as_text(nasty):
    text = summary(*nasty)
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "<" not in text.replace("\\<", "") and "](" not in text and "http:" not in text
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({line.replace("\\|", "").count("|") for line in table.splitlines()}) == 1


def test_the_summary_counts_known_bugs_by_platform(tmp_path):
    """Each bug for itself, where several together make a result; a platform without any has its column too."""
    x, y = Named("x", "X is wrong"), Named("y", "Y as well")
    both = verdict("a@kernel64", ending=Verdict.KNOWN, judged=Judgement(Verdict.KNOWN, bugs=(x, y)))
    one = verdict("b@kernel64", ending=Verdict.KNOWN, judged=Judgement(Verdict.KNOWN, bugs=(x,)))
    keep(tmp_path / "a", [both, one], qemu="7.2")
    keep(tmp_path / "b", [verdict("a@kernel64")], qemu="10.0")
    keep(tmp_path / "c", [one], qemu="11.1")
    text = summary(*merge(read.read([tmp_path])))
    assert "| X is wrong | x | 2 |  | 1 |\n| Y as well | y | 1 |  |  |\n" in text


def test_punctuation_is_escaped_and_nothing_else():
    assert plain("a-b|c é 1") == "a\\-b\\|c é 1"


def test_the_summary_of_what_is_green_says_so(tmp_path):
    keep(tmp_path / "a", [verdict()])
    assert summary(*merge(read.read([tmp_path]))).startswith("## Trapline: all green\n")
