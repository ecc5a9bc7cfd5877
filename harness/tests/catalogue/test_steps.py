# SPDX-License-Identifier: BSD-2-Clause
"""Logs of steps: how they are written, how they follow from the code, and that steps it does not allow are told."""

import os
import subprocess
from dataclasses import replace

import pytest

from harness.blessing.allowed import complaints
from harness.catalogue.code import Code, Instruction, code_of
from harness.catalogue.image import read_images
from harness.catalogue.required import RequiredLogs
from harness.catalogue.step_log import add, without, words
from harness.catalogue.walk import walk
from harness.system.errors import WrongQuestion
from harness.system.places import CASES


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


def code(case: str) -> Code:
    return code_of(next(image for image in read_images() if case in image.cases), case)


@pytest.mark.parametrize("case", ["tf_step@kernel64", "tf_step@real16", "int3@user32", "tf_branch@compat32"])
def test_a_step_left_out_is_told(case):
    """A step left out is told in straight code; the first, or where a jump or a trap leads anywhere, need not be."""
    required = RequiredLogs(CASES)
    guest = required.lines(case, "AuthenticAMD")
    steps = required.debugger_lines("step", case, "AuthenticAMD", code(case))
    assert complaints(code(case), steps, guest) == []
    places = words(steps)
    told = [bool(complaints(code(case), places[:i] + places[i + 1 :], guest)) for i in range(len(places))]
    assert told[-1] and sum(told) > 1


def test_steps_of_other_code():
    guest = ["#BP cpu=0 rip=after dr6=ffff0ff0 dr7=00000400 flags=- cs=kernel stack=0"]
    assert complaints(code("int3@kernel64"), ["int3", "after", "end"], guest) == []
    for steps in (["int3", "end"], ["int3", "after+1", "end"], []):
        assert complaints(code("int3@kernel64"), steps, guest) != []


BODY = tuple(
    Instruction(place, text, target)
    for place, text, target in (
        ("start", "mov $1,%eax", None),
        ("start+5", "nop", None),
        ("first", "rep lods %ds:(%esi),%al", None),
        ("second", "jmp 0x1000", "last"),
        ("second+2", "ud2", None),
        ("third", "jne 0x1000", None),
        ("last", "nop", None),
        ("end", "", None),
    )
)
STEPPED, BREAKPOINT, WATCHED = "dr6=ffff4ff0 dr7=00000400", "dr6=ffff0ff1 dr7=00000402", "dr6=ffff0ff1 dr7=00010402"


@pytest.mark.parametrize(
    "guest, steps",
    [
        ([], ["start +5", "first", "second", "last", "end"]),
        (["note x=1", "#UD cpu=1 rip=first "], ["start +5", "first", "second", "last", "end"]),
        (["#GP cpu=0 rip=start flags=-"], ["start", "first", "second", "last", "end"]),
        (["#BP cpu=0 rip=first flags=-"], ["start +5", "first", "second", "last", "end"]),
        ([f"#DB cpu=0 rip=start+5 {BREAKPOINT}"], ["start +5 +5", "first", "second", "last", "end"]),
        ([f"#DB cpu=0 rip=start+5 {WATCHED}"], ["start +5", "first", "second", "last", "end"]),
        (
            [f"#DB cpu=0 rip=first {STEPPED}"] * 2 + [f"#DB cpu=0 rip=second {STEPPED}"],
            ["start +5", "first", "first", "first", "second", "last", "end"],
        ),
        (
            [f"#DB cpu=0 rip={place} {STEPPED}" for place in ("start+5", "first", "first", "second")],
            ["start +5", "first", "first", "second", "last", "end"],
        ),
        (
            [f"#DB cpu=0 rip=second {STEPPED}", "#UD cpu=0 rip=second flags=-", f"#DB cpu=0 rip=start {STEPPED}"],
            ["start +5", "first", "second", "third", "start +5", "first", "second", "last", "end"],
        ),
    ],
)
def test_the_way_through_a_body(guest, steps):
    assert walk((BODY,), guest) == steps


def test_what_jumps_back_ends():
    assert walk(((Instruction("start", "jmp 0x1000", "start"), Instruction("end", "")),), []) == ["start", "end"]


def test_every_body_is_disassembled_into_the_image():
    """Up to its end, with nothing that is no instruction, but what the case has to see refused."""
    required = RequiredLogs(CASES)
    for image in read_images():
        for case in image.cases:
            lines = [line.split() for line in required.lines(case, "GenuineIntel") or []]
            refused = {line[2].removeprefix("rip=") for line in lines if line[0] == "#UD"}
            for body, (start, end) in zip(code_of(image, case), image.bodies_of(case)):
                assert (len(body) > 1) == (end > start)
                assert all(instruction.place for instruction in body)
                odd = {instruction.place for instruction in body if "(bad)" in instruction.text}
                assert odd <= refused, f"{case}: objdump knows no instruction at {odd - refused}, and no log refuses it"


def test_an_image_without_instructions_is_refused(tmp_path):
    image = read_images()[0]
    path = tmp_path / "guest32.elf"
    command = [os.environ.get("CROSS_COMPILE", "") + "objcopy", "-R", "trapline.instructions", image.path, path]
    subprocess.run(command, check=True)
    with pytest.raises(WrongQuestion, match="guest32.elf does not say what instructions it has: build it again"):
        code_of(replace(image, path=path), "int3@kernel32")
