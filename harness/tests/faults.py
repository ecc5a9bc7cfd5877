# SPDX-License-Identifier: BSD-2-Clause
"""What goes wrong on purpose: a test of a fault says which it is by @fault, and is held to what holds for all faults.

It ends within its time; no command that it hears prints a traceback or loses a result; no process is left.
docs/robustness.md lists them all: `python3 -m harness.tests.faults` writes it.
"""

import inspect
import itertools
import json
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from harness.judging.result import Verdict
from harness.system.places import ROOT
from harness.system.printable import printable
from harness.tests.command import DYING, left_with

PAGE = ROOT / "docs" / "robustness.md"
MARK = "fault"
VARIABLE = "TRAPLINE_FAULT"  # in the environment of whatever a fault's test starts

# What is at fault, in the order of the page, each with what it is about.
KINDS = {
    "guest": "A guest that ends badly, or does not end",
    "hypervisor": "A hypervisor that dies, hangs, floods, lies, or is another",
    "debugger": "gdb, and what is between it and the guest",
    "lab": "An emulated host",
    "machine": "A machine that refuses, or lacks, what is needed",
    "stop": "A command that is stopped or killed, or that nobody listens to",
    "beside": "Others at the same time",
    "file": "Files and logs that others wrote",
    "own": "A fault of Trapline's own",
}

INTRODUCTION = """\
# What goes wrong, and what comes of it

Each row is a test, which does the thing and holds what is said of it: the verdict or the message word for word, or the
exit status. Of every one it is held too that it ends within the time given here, which is a bound for a busy machine
and no measurement; that no command prints a traceback or loses a result that was settled; and that no process is left.
`make test` runs them, but for those marked *soak*, which `python3 -m pytest -m soak` runs.

The tests write this page: `python3 -m harness.tests.faults`, after a change of what they say.

Not held: a Ctrl-C in the first hundredths of a second, in which Python itself starts, gets Python's traceback and exit
status 1, before a line of Trapline has run. The same key stops `git bisect run`, so that it takes that for no answer.
"""


class FaultRow(NamedTuple):
    """A fault as the page has it."""

    kind: str
    what: str
    outcome: str
    within: int
    test: str


ROWS = pytest.StashKey[list[FaultRow]]()  # of all tests that were collected


def fault(kind: str, what: str, outcome: str, within: int = 60) -> pytest.MarkDecorator:
    """A test is one of a fault: what happens, what comes of it, and in how many seconds at most.

    Both may name the test's parameters in braces, and {id}, which stands for all of them.
    """
    assert kind in KINDS
    return pytest.mark.fault(kind, what, outcome, within)


def row_of(item: pytest.Item) -> FaultRow | None:
    """What an item's mark says; None where it has none, or nothing comes of it: a fault's counterpart."""
    mark = item.get_closest_marker(MARK)
    if mark is None:
        return None
    kind, what, outcome, within = mark.args
    call = getattr(item, "callspec", None)
    values = {name: _words(value) for name, value in call.params.items()} | {"id": call.id} if call else {}
    soak = " *soak*" if item.get_closest_marker("soak") else ""
    place = item.path.relative_to(ROOT / "harness" / "tests").as_posix()
    test = f"`{place}::{item.originalname}`{soak}"
    comes = _cell(outcome.format(**values))
    return FaultRow(kind, _cell(what.format(**values)), comes, within, test) if comes else None


def _words(value: object) -> str:
    """A test's parameter as one would say it."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return " ".join(f"{name}={each}" for name, each in value.items())
    if isinstance(value, (list, tuple, set)):
        return " ".join(map(_words, value))
    if isinstance(value, Verdict):
        return value.value
    if inspect.isfunction(value):
        return value.__name__.replace("_", " ")
    return str(getattr(value, "name", value)).replace(f"{ROOT}/", "")


def _cell(text: str) -> str:
    """A text for a cell of a table in Markdown, in which | would end a cell, and < begin a tag, but in code."""
    parts = printable(text.strip(" :,\n")).replace("|", r"\|").split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))


def page(rows: Iterable[FaultRow]) -> str:
    rows = list(dict.fromkeys(rows))
    parts = [INTRODUCTION, f"\n{len(rows)} faults.\n"]
    for kind, title in KINDS.items():
        parts += [f"\n## {title}\n\n| what happens | what comes of it | within | test |\n|---|---|---|---|\n"]
        mine = (row for row in rows if row.kind == kind)
        parts += [f"| {row.what} | {row.outcome} | {row.within} s | {row.test} |\n" for row in mine]
    return "".join(parts)


@contextmanager
def held(within: float) -> Iterator[None]:
    """Holds what happens meanwhile to what holds for all faults."""
    with pytest.MonkeyPatch.context() as patch, _alarm(within):
        number = uuid.uuid4().hex
        patch.setenv(VARIABLE, number)
        heard, started = _listen(patch)
        yield
    for words in heard:
        assert "Traceback (most recent call last)" not in words, words
    until = time.monotonic() + DYING
    while started and (left := left_with(f"{VARIABLE}={number}")):
        assert time.monotonic() < until, f"left behind: {left}"
        time.sleep(0.02)


def _listen(patch: pytest.MonkeyPatch) -> tuple[list[str], list[int]]:
    """What commands that are run from now on say, and the numbers of those that have been started."""
    heard: list[str] = []
    started: list[int] = []
    begin, communicate = subprocess.Popen.__init__, subprocess.Popen.communicate

    def note(self, *arguments, **options) -> None:
        begin(self, *arguments, **options)
        started.append(self.pid)

    def hear(self, *arguments, **options):
        said = communicate(self, *arguments, **options)
        words = [each.decode("utf-8", "replace") if isinstance(each, bytes) else each or "" for each in said]
        heard.extend(words)
        if self.returncode >= 0:
            _lose_nothing(self.args, words[0])
        return said

    patch.setattr(subprocess.Popen, "__init__", note)
    patch.setattr(subprocess.Popen, "communicate", hear)
    return heard, started


def _lose_nothing(command: list[str], said: str) -> None:
    """Of what a run has announced, each result is in JSON=, or is said to be missing."""
    words = [word for each in command for word in str(each).split("=", 1)]
    files = [file for option, file in itertools.pairwise(words) if option == "--json"]
    announced = re.search(r"(\d+) results, about", said)
    if files and announced and (file := Path(files[0])).is_file():
        missing = re.search(r": (\d+) of \d+ results are missing", said)
        results = len({(each["case"], each["mode"], each["debugger"]) for each in json.loads(file.read_text())})
        assert results + int(missing[1] if missing else 0) >= int(announced[1]), said


@contextmanager
def _alarm(within: float) -> Iterator[None]:
    """Fails what takes longer than so many seconds, where a test can be interrupted at all."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_) -> None:
        pytest.fail(f"it takes longer than {within:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, within)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Collector:
    """Takes all items that there are, those too that are left out then."""

    def __init__(self) -> None:
        self.rows: list[FaultRow] = []

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        if row := row_of(item):
            self.rows.append(row)


def main() -> int:
    collector = Collector()
    status = pytest.main(
        ["-q", "-q", "--collect-only", "harness/tests", "-p", "no:xdist", "-p", "no:cacheprovider"], [collector]
    )
    if status == 0:
        PAGE.write_text(page(collector.rows), encoding="utf-8")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
