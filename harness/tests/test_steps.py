# SPDX-License-Identifier: BSD-2-Clause
"""Logs of steps: how they are written, and that steps which the code does not allow are told."""

import pytest

from harness.blessing.disassembly import complaints
from harness.catalogue.image import read_images
from harness.catalogue.required import RequiredLogs
from harness.catalogue.step_log import add, without, words
from harness.debugger.gdb import find_gdb
from harness.system.places import CASES, ROOT


def test_a_mark_begins_a_line():
    steps: list[str] = []
    places = ["start", "start+1", "start+3", "first", "first", "second+2", "end"]
    for place in places:
        add(steps, place)
    assert steps == ["start +1 +3", "first", "first", "second+2", "end"]
    assert words(steps) == places


def test_what_was_torn_apart_is_joined():
    assert without(["start +1", "stop elsewhere", "start+3 +5", "first"], "stop elsewhere") == [
        "start +1 +3 +5",
        "first",
    ]


needs_gdb = pytest.mark.skipif(find_gdb() is None, reason="gdb, which disassembles, is not on the PATH")


@needs_gdb
@pytest.mark.parametrize("case", ["tf_step@kernel64", "tf_step@real16", "int3@user32", "tf_branch@compat32"])
def test_a_step_left_out_is_told(case):
    """A step left out is told in straight code; the first, or where a jump or a trap leads anywhere, need not be."""
    image = next(image for image in read_images(ROOT / "build") if case in image.cases)
    required = RequiredLogs(CASES)
    steps, guest = required.debugger_lines("step", case, "AuthenticAMD"), required.lines(case, "AuthenticAMD")
    assert complaints(image, find_gdb(), case, steps, guest) == []
    places = words(steps)
    told = [bool(complaints(image, find_gdb(), case, places[:i] + places[i + 1 :], guest)) for i in range(len(places))]
    assert told[-1] and sum(told) > 1


@needs_gdb
def test_steps_of_other_code():
    (image,) = [image for image in read_images(ROOT / "build") if "int3@kernel64" in image.cases]
    guest = ["#BP cpu=0 rip=after dr6=ffff0ff0 dr7=00000400 flags=- cs=kernel stack=0"]
    assert complaints(image, find_gdb(), "int3@kernel64", ["int3", "after", "end"], guest) == []
    assert complaints(image, find_gdb(), "int3@kernel64", ["int3", "end"], guest) != []
    assert complaints(image, find_gdb(), "int3@kernel64", ["int3", "after+1", "end"], guest) != []
    assert complaints(image, find_gdb(), "int3@kernel64", [], guest) != []
