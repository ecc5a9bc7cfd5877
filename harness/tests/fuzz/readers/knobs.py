# SPDX-License-Identifier: BSD-2-Clause
"""Knobs' values, as far as they are read before anything is started."""

import argparse
from functools import cache
from pathlib import Path

from hypothesis import strategies

from harness.catalogue.image import Image, read_images, select
from harness.knobs import KNOBS
from harness.settings import command_with, read_settings
from harness.tests.fuzz.reader import Reader

WORDS = (
    *(
        "",
        "tcg",
        "all",
        "references",
        ",",
        "tcg,tcg",
        "local",
        "amd:6.12",
        "amd:",
        "kvm",
        "default",
        "single",
        "*",
        "[",
        "[!",
    ),
    *(
        "icebp",
        "*@*",
        "icebp@",
        "@",
        "int*,icebp",
        "*64",
        "kernel64",
        "step",
        "script",
        "q35",
        "microvm,x=y",
        "qboot",
        "999",
    ),
    *(
        "0",
        "-1",
        "1.5",
        "1e3",
        "٣",
        "1_0",
        "nan",
        "full",
        "/",
        "/dev/null",
        ".",
        "a\nb",
        "\x1b[2J",
        "\udcff",
        "a" * 5000,
    ),
)
# What a command line can have: no NUL, and of the surrogates those alone that stand for bytes of no UTF-8.
VALUES = strategies.one_of(
    *(strategies.sampled_from(WORDS), strategies.lists(strategies.sampled_from(WORDS), max_size=3).map(",".join)),
    strategies.text(strategies.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=20),
)


@cache
def images() -> list[Image]:
    return read_images()


@strategies.composite
def options(draw) -> dict[str, str]:
    """A few knobs that are given, by their names."""
    names = draw(strategies.lists(strategies.sampled_from([name for name, *_ in KNOBS]), max_size=3, unique=True))
    return {name: draw(VALUES) for name in names}


def read(given: dict[str, str], folder: Path) -> None:
    values = {name: default for name, default, _ in KNOBS} | given
    settings = read_settings(argparse.Namespace(**{name.replace("-", "_"): text for name, text in values.items()}))
    command_with(settings, given)
    select(images(), settings.case, settings.mode)


READER = Reader(
    options(), read, found=({"v86": "a" * 5000}, {"xen": "a" * 5000}, {"kernel": "a\nb"}, {"machine": "a" * 5000})
)
