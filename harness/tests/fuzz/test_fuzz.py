# SPDX-License-Identifier: BSD-2-Clause
"""What reads what others wrote reads it, or refuses it in one line: some values each, the same ones every time.

`make fuzz` tries others, for as long as it is told to.
"""

import ast
import importlib
import sys

import pytest

from harness.system.errors import LONGEST, WrongQuestion
from harness.tests.fuzz.names import ABSENT, NAMES

pytestmark = pytest.mark.xdist_group("fuzz")  # hypothesis takes a moment to import


@pytest.fixture
def fuzzing():
    """The module that knows hypothesis, which a machine need not have."""
    pytest.importorskip("hypothesis", reason=ABSENT)
    return importlib.import_module("harness.tests.fuzz.reader")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name.startswith("guest_") else []) for name in NAMES]
)
def test_reads_or_refuses(name, fuzzing):
    reader = fuzzing.named(name)
    for value in reader.found:
        fuzzing.check(reader, value)
    find = fuzzing.search(reader, reader.few)
    if find:
        pytest.fail(f"{name} fails on {find.value!r:.2000}: {find.error!r}")


def _fails_from_a_thousand(value, folder):
    if value >= 1000:
        raise KeyError(value)


def _never_ends(value, folder):
    while True:
        pass


def test_what_a_reader_must_not_do_is_found_and_made_small(fuzzing):
    integers = importlib.import_module("hypothesis.strategies").integers()
    find = fuzzing.search(fuzzing.Reader(integers, _fails_from_a_thousand), 200)
    assert (find.value, repr(find.error)) == (1000, "KeyError(1000)")


def test_what_never_ends_is_found(fuzzing, monkeypatch):
    monkeypatch.setattr(fuzzing, "TIMERS", (("SIGVTALRM", "ITIMER_VIRTUAL", 0.05),))
    integers = importlib.import_module("hypothesis.strategies").integers()
    assert isinstance(fuzzing.search(fuzzing.Reader(integers, _never_ends), 1).error, fuzzing.TakesTooLong)


def test_a_find_is_kept_and_found_again_by_its_seed(fuzzing, monkeypatch, tmp_path, capsys):
    program = importlib.import_module("harness.tests.fuzz.__main__")
    integers = importlib.import_module("hypothesis.strategies").integers()
    monkeypatch.setattr(fuzzing, "named", lambda name: fuzzing.Reader(integers, _fails_from_a_thousand))
    monkeypatch.setattr(program, "KEPT", tmp_path)
    kept = []
    for _ in range(2):
        assert not program.stands("some", 7)
        kept.append((tmp_path / "some-7.txt").read_text())
        assert "trapline: some fails: KeyError(1000): again by K=some SEED=7" in capsys.readouterr().out
    assert kept[0] == kept[1] and ast.literal_eval(kept[0].splitlines()[0]) == 1000


@pytest.mark.parametrize(
    "words, said",
    [
        (["--k=elv"], "trapline: K=elv: there is no such reader: choose from bug, "),
        (["--minutes=x"], "trapline: MINUTES=x: expected a number from 0 to 99999"),
        (["--seed=-1"], "trapline: SEED=-1: expected a number from 0 to 4294967296"),
    ],
)
def test_a_wrong_question_about_fuzzing(words, said, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["fuzz", *words])
    assert importlib.import_module("harness.tests.fuzz.__main__").main() == 2
    out, told = capsys.readouterr()
    assert out == "" and told.startswith(said) and told.count("\n") == 1


def test_a_wrong_question_is_one_line_whatever_it_quotes():
    assert str(WrongQuestion("a\nb\x1b\udcff")) == r"a\nb\x1b\udcff"
    long = str(WrongQuestion("beginning " + "x" * 10_000 + " end"))
    assert len(long) == LONGEST and long.startswith("beginning x") and long.endswith("x end") and " ... " in long
