# SPDX-License-Identifier: BSD-2-Clause
"""Settings and targets for tests that want others than the command line's."""

from argparse import Namespace
from dataclasses import fields, replace

from harness.knobs import KNOBS
from harness.platform.target import Hardware, Target
from harness.settings import Settings, read_settings


def make_settings(**knobs: str) -> Settings:
    """The defaults, but for some knobs, by their names as variables."""
    values = {name.replace("-", "_"): default for name, default, _ in KNOBS} | knobs
    return read_settings(Namespace(**values))


def make_target(**knobs: str) -> Target:
    return make_settings(**knobs).target


def aimed(target: Target, **knobs: str | int) -> Target:
    """The target, but for some knobs."""
    of_hardware = {field.name for field in fields(Hardware)} & knobs.keys()
    hardware = replace(target.hardware, **{name: knobs.pop(name) for name in of_hardware})
    return replace(target, hardware=hardware, **knobs)
