# SPDX-License-Identifier: BSD-2-Clause
"""Picking cases, and refusing what is no image."""

import re
from pathlib import Path

import pytest

from harness.catalogue.image import Image, read_image, select
from harness.system.errors import WrongQuestion
from harness.tests.faults import fault

IMAGES = [
    Image(Path("guest32.elf"), ("icebp@kernel32", "icebp@user32", "popf_tf@kernel32")),
    Image(Path("guest64.elf"), ("icebp@kernel64", "popf_tf@kernel64")),
]


@pytest.mark.parametrize(
    "case, mode, chosen",
    [
        ("", "", ["icebp@kernel32", "icebp@user32", "popf_tf@kernel32", "icebp@kernel64", "popf_tf@kernel64"]),
        ("icebp", "", ["icebp@kernel32", "icebp@user32", "icebp@kernel64"]),
        ("p*", "", ["popf_tf@kernel32", "popf_tf@kernel64"]),
        ("icebp@kernel*,popf_tf@*64", "", ["icebp@kernel32", "icebp@kernel64", "popf_tf@kernel64"]),
        ("icebp", "kernel64", ["icebp@kernel64"]),
        ("", "user*", ["icebp@user32"]),
    ],
)
def test_patterns(case, mode, chosen):
    assert [name for image in select(IMAGES, case, mode) for name in image.cases] == chosen


@pytest.mark.parametrize(
    "case, mode, words",
    [
        ("nosuch", "", "CASE=nosuch: there is no such case"),
        ("icebp,nosuch", "", "CASE=nosuch: there is no such case"),
        ("icepb", "", "did you mean icebp?"),
        ("icebp@real16", "", "CASE=icebp@real16: "),
        ("", "real16", "MODE=real16: there is no such mode: choose from kernel32, kernel64, user32"),
        ("", "kernel32,real16", "MODE=real16: "),
        ("popf_tf", "user32", "no case matches CASE=popf_tf and MODE=user32"),
    ],
)
def test_what_chooses_nothing_is_a_wrong_question(case, mode, words):
    """Each of several patterns has to choose something: a typing error must not hide a case."""
    with pytest.raises(WrongQuestion, match=re.escape(words)):
        select(IMAGES, case, mode)


@fault("file", "no image", "exit status 2: its name")
def test_a_missing_image(tmp_path):
    with pytest.raises(WrongQuestion, match="build the images"):
        read_image(tmp_path / "guest32.elf")


@fault("file", "an image that is none", "exit status 2: its name")
@pytest.mark.parametrize("content", [b"", b"text", Path("/bin/sh").read_bytes()])
def test_what_is_no_image(tmp_path, content):
    path = tmp_path / "guest32.elf"
    path.write_bytes(content)
    with pytest.raises(WrongQuestion, match="no image"):
        read_image(path)


A, B, C = "a@kernel32", "b@kernel32", "c@kernel32"
IMAGE = Image(Path("guest32.elf"), (A, "a@user32", B, "b@user32", C), (A, "a@user32", B, "b@user32", C))


@pytest.mark.parametrize(
    "cases, pattern",
    [
        (IMAGE.cases, "*"),
        (IMAGE.cases[1:], f"* after={A}"),
        (IMAGE.cases[:4], "a,b"),
        ((A, B, "b@user32"), f"{A},b"),
        (IMAGE.cases[2:3], B),
        (IMAGE.cases[4:], "c"),
    ],
)
def test_what_the_guest_is_asked_for(cases, pattern):
    assert IMAGE.pattern(cases) == pattern


@pytest.mark.parametrize("longest, count", [(100, 3), (len(f"a,{B}"), 3), (len(f"a,{B}") - 1, 2), (0, 1)])
def test_what_fits_on_a_command_line(longest, count):
    """Of `a` in both its modes and `b` in one."""
    cases = list(IMAGE.cases[:3])
    assert IMAGE.fitting(cases, longest) == cases[:count]
