# SPDX-License-Identifier: BSD-2-Clause
"""The README's first screen shows what one sees, word by word."""

import re
import shlex

import pytest

from harness.system.places import ROOT
from harness.tests.command import harness

pytestmark = pytest.mark.slow

# What differs from machine to machine, in the README's words and a run's.
VARYING = (r"QEMU \d+\.\d+\.\d+( \(.*?\))?,", r"about .*", r"\d+\.\d s")

# Debian 12's; other versions of QEMU have other bugs.
SHOWN = "QEMU 7.2."


def example() -> tuple[list[str], list[str]]:
    """The options of the first command that has its output below it, and that output."""
    block = re.search(r"^    \$ make run (.*)\n((?:    .*\n|\n)+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    knobs = [knob.partition("=") for knob in shlex.split(block.group(1))]
    return [f"--{name.lower()}={value}" for name, _, value in knobs], comparable(block.group(2))


def comparable(text: str) -> list[str]:
    for pattern in VARYING:
        text = re.sub(pattern, "...", text)
    lines = [line.removeprefix("    ").rstrip() for line in text.strip().splitlines()]
    return [re.sub(r"(?<=\S) {2,}", "  ", line) for line in lines]  # a column is as wide as what varies in it


def test_the_first_screen_is_what_one_sees(private):
    options, expected = example()
    done = harness(private, "run", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = comparable(done.stdout)
    if SHOWN in done.stdout:
        assert seen == expected
    else:
        assert seen[:2] == expected[:2] and seen[-1] == expected[-1]
        assert seen[3].startswith("tcg: green: ") and len(seen) > 6
