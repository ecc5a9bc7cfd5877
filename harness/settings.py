# SPDX-License-Identifier: BSD-2-Clause
"""The knobs that all verbs share: make variables and long options of the same name."""

import argparse
import os
import shlex
from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path

from harness.debugger.gdb import find_gdb
from harness.debugger.modes import MODES
from harness.knobs import KNOBS
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT

TABLES = ("short", "full", "none")


@dataclass
class Settings:
    """The knobs' values, checked as far as possible without looking at the machine."""

    accel: str
    host: str
    kernel: str
    modules: str
    qemu: str
    bochs: str
    case: str
    mode: str
    debugger: str
    cpus: int
    machine: str
    firmware: str
    cpu: str
    table: str
    json: str
    jobs: int
    timeout_multiplier: float

    @property
    def build(self) -> Path:
        """Where the images are, and where runs are kept."""
        return ROOT / "build"


def add_options(add_option, without: Collection[str] = ()) -> None:
    """Adds the knobs, except some, through `add_option`, argparse's or pytest's."""
    for name, default, text in KNOBS:
        if name not in without:
            add_option(f"--{name}", default=default, metavar=name.upper(), help=text)


def _number(name: str, text: str, kind: type, least) -> int | float:
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not least <= value < 1000:
        raise WrongQuestion(f"{name}={text}: expected a number from {least} up")
    return value


def read_settings(options: argparse.Namespace) -> Settings:
    """The settings that the options of add_options() spell. A GDB=... that is not there is a wrong question too."""
    find_gdb()
    values = {field.name: getattr(options, field.name) for field in fields(Settings)}
    values["cpus"] = _number("CPUS", values["cpus"], int, 1)
    values["jobs"] = _number("JOBS", values["jobs"] or str(os.cpu_count() or 1), int, 1)
    values["timeout_multiplier"] = _number("TIMEOUT_MULTIPLIER", values["timeout_multiplier"], float, 0.01)
    settings = Settings(**values)
    if settings.table not in TABLES:
        raise WrongQuestion(f"TABLE={settings.table}: choose from {', '.join(TABLES)}")
    for mode in [] if settings.debugger == "all" else settings.debugger.split(","):
        if mode not in MODES:
            raise WrongQuestion(f"DEBUGGER={mode}: there is no such mode: choose from {', '.join(MODES)}, all")
    return settings


def command_with(settings: Settings, knobs: dict[str, str]) -> str:
    """The command that runs the same with these knobs instead, as a person types it."""
    values = {name: getattr(settings, name.replace("-", "_")) for name, *_ in KNOBS}
    given = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in values.items()}
    defaults = {name: default for name, default, _ in KNOBS} | {"jobs": given["jobs"], "json": given["json"]}
    chosen = {name: value for name, value in (given | knobs).items() if value != defaults[name]}
    if (ROOT / "Makefile").exists():
        words = [f"{name.upper().replace('-', '_')}={shlex.quote(value)}" for name, value in chosen.items()]
        return " ".join(["make run", *words])
    return " ".join(["python3 -m harness run", *(f"--{name} {shlex.quote(value)}" for name, value in chosen.items())])
