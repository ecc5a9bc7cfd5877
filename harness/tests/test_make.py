# SPDX-License-Identifier: BSD-2-Clause
"""The front door: its knobs are the harness's, and a knob that is none is refused."""

import os
import subprocess

from harness.settings import KNOBS, ROOT


def make(*arguments) -> subprocess.CompletedProcess:
    """A make of its own, not one below the make that runs these tests."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_help_lists_every_knob_of_the_harness():
    text = make("help").stdout
    for name, _, _ in KNOBS:
        assert f"  {name.upper().replace('-', '_')} " in text


def test_make_passes_on_every_knob_of_the_harness():
    line = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("KNOBS :="))
    assert line.split()[2:] == [name.upper().replace("-", "_") for name, _, _ in KNOBS]


def test_an_unknown_knob_is_refused():
    done = make("run", "DEBUGER=all")
    assert done.returncode == 2
    assert "there is no knob DEBUGER" in done.stderr


def test_a_value_with_spaces_and_quotes_arrives():
    done = make("list", 'QEMU=/no such/it\'s "here"')
    assert done.returncode == 2
    assert 'QEMU=/no such/it\'s "here": there is no such program' in done.stderr


def test_what_is_built_is_not_built_again():
    assert make("all").returncode == 0
    assert make("all").stdout == ""
