# SPDX-License-Identifier: BSD-2-Clause
"""Logs that have come through terminals and mail programs: what is undone, and what is said of the rest."""

import textwrap

import pytest

from harness.catalogue.log import OWN
from harness.catalogue.log_file import read_blocks
from harness.catalogue.required import RequiredLogs
from harness.runs import captured
from harness.system.errors import WrongQuestion
from harness.system.places import CASES
from harness.tests.guest_log import log_of
from harness.verbs.judge import judge_log

CASES_ASKED = ("int3@kernel64", "icebp@user64", "dbreak_examples@compat32", "tf_mov_ss@kernel64")
REQUIRED = RequiredLogs(CASES)


def log() -> list[str]:
    blocks = {case: REQUIRED.lines(case, "GenuineIntel") for case in CASES_ASKED}
    return log_of(blocks, "vendor=GenuineIntel family=6 model=60 stepping=3 hypervisor=KVMKVMKVM")


def wrapped(lines: list[str], column: int) -> list[str]:
    return [
        part
        for line in lines
        for part in textwrap.wrap(line, column, break_long_words=False, break_on_hyphens=False) or [""]
    ]


def quoted(lines: list[str], mark: str = "> ") -> list[str]:
    return [mark + line for line in lines]


BLANKS = "ended in blanks, which were taken off"
WRAPPED = "were joined to those before, as all were wrapped at {} columns"
PROMPT = "user@host:~$ "
WAYS = {
    "as it was": (log(), ""),
    "copied from a terminal": ([f"{line:90}" for line in log()], BLANKS),
    "one line copied so": ([log()[0] + " ", *log()[1:]], "1 line ended in blanks"),
    "with a terminal's line ends": ([line + "\r" for line in log()], ""),
    "between prompts": ([f"{PROMPT}cat log", *log(), PROMPT], ""),
    "after a prompt": ([PROMPT + log()[0], *log()[1:], f"{PROMPT}exit"], ""),
    "after a prompt, filled": ([PROMPT + log()[0], *(f"{line:90}" for line in log()[1:]), PROMPT], BLANKS),
    "indented": (quoted(log(), "    "), ""),
    "quoted": (quoted(log()), ""),
    "quoted again": (quoted(log(), "> > "), ""),
    "wrapped": (wrapped(log(), 72), WRAPPED.format(72)),
    "wrapped narrowly": (wrapped(log(), 45), WRAPPED.format(45)),
    "wrapped with a mark": ([f"{line} " for line in wrapped(log(), 72)], WRAPPED.format(72)),
    "quoted and wrapped": (wrapped(quoted(log()), 72), WRAPPED.format(72)),
    "wrapped and quoted": (quoted(wrapped(log(), 72)), WRAPPED.format(74)),
    "between other words": (
        ["Hello,", "here it is:", *wrapped(log(), 72), "--", "Bye, " + "x" * 200],
        WRAPPED.format(72),
    ),
}


def judged(lines: list[str]) -> tuple[bool, list[str]]:
    said: list[str] = []
    text = captured.text_of("\n".join([*lines, ""]).encode())
    results = judge_log(text, "log", REQUIRED, [], say=said.append)
    assert len(results) >= 1
    return [result.case for result in results] == list(CASES_ASKED) and all(r.verdict.green for r in results), said


@pytest.mark.parametrize("way", WAYS)
def test_what_is_certain_is_undone_and_said(way):
    lines, words = WAYS[way]
    green, said = judged(lines)
    assert green
    assert words in " ".join(said) and bool(words) == bool(said), said


def cut(lines: list[str], column: int) -> list[str]:
    return [line[start : start + column] for line in lines for start in range(0, len(line), column)]


def torn(lines: list[str], number: int) -> list[str]:
    """With one line broken in the middle, which no margin explains."""
    place = next(place for place, line in enumerate(lines) if line.startswith("#") and place > number)
    head, _, rest = lines[place].partition(" dr6=")
    return [*lines[:place], head, f"dr6={rest}", *lines[place + 1 :]]


@pytest.mark.parametrize(
    "lines",
    [cut(log(), 70), cut(log(), 60), torn(log(), 10), [*log()[:3], "Message from root:", *log()[3:]]],
    ids=["cut at a terminal's width", "cut at another", "torn", "written over"],
)
def test_what_is_not_certain_is_left_and_said(lines):
    green, said = judged(lines)
    assert not green
    assert len(said) == 1 and "begin as none of the guest's" in said[0]
    assert "judge the file as it was captured" in said[0]


def test_what_follows_the_plan_line_is_no_rest_of_it():
    """Which was found as a whole: the log would have none."""
    (run,) = captured.find_runs("trapline 1 mode=kernel64 cpus=2 cases=1\nflags=\n")
    assert run.plan and run.doubts and not run.repairs


@pytest.mark.parametrize("digits", [10, 2000])
def test_a_plan_line_of_more_than_there_can_be_is_none(digits):
    number = "1" * digits
    for plan in (f"cpus={number} cases=1", f"cpus=1 cases={number}"):
        assert captured.find_runs(f"trapline 1 mode=kernel64 {plan}\n") == []


def test_of_a_green_log_no_doubt_is_said():
    lines = log()
    green, said = judged([*lines[:2], "kernel: something else", *lines[2:]])
    assert green and said == []


def test_a_plan_that_is_broken_is_said():
    with pytest.raises(WrongQuestion, match="the line 'trapline 1 ...' is broken"):
        captured.runs_in("2026-11-20T18:41:00 trapline 1 mode=kernel64\ncpus=2 cases=2\n", "log")


def test_every_line_that_a_log_requires_begins_as_lines_of_the_guest_do():
    for path in CASES.glob("*/*.log"):
        if not path.name.endswith(".gdb.log"):
            for (word, _), lines in read_blocks(path).items():
                assert word == "steps" or all(map(OWN.match, lines)), path
