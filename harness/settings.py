# SPDX-License-Identifier: BSD-2-Clause
"""What the knobs ask for, each value where it is needed."""

import argparse
import os
import shlex
from dataclasses import dataclass

from harness.catalogue.debugger_modes import MODES
from harness.debugger.gdb import find_gdb
from harness.knobs import KNOBS
from harness.platform.target import Hardware, Target
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.system.places import ROOT

TABLES = ("short", "full", "none")


@dataclass(frozen=True)
class Settings:
    """The knobs' values, checked as far as possible without looking at the machine, each where it is needed.

    CASE, MODE and DEBUGGER say what to run; `target` where and on what; JOBS and the deadlines how; `table` and `json`
    what to leave of it. `given` are all knobs as they were spelled.
    """

    case: str
    mode: str
    debugger: str
    target: Target
    jobs: int
    deadlines: Deadlines
    table: str
    json: str
    given: dict[str, str]


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
    deadlines = Deadlines(_number("TIMEOUT_MULTIPLIER", options.timeout_multiplier, float, 0.01))
    cpus = _number("CPUS", options.cpus, int, 1)
    hardware = Hardware(options.machine, options.firmware, options.cpu, cpus)
    programs = (options.qemu, options.bochs, options.v86, options.kernel, options.modules)
    target = Target(options.accel, options.engine, options.platform, options.host, *programs, hardware, deadlines)
    jobs = _number("JOBS", options.jobs or str(os.cpu_count() or 1), int, 1)
    if options.table not in TABLES:
        raise WrongQuestion(f"TABLE={options.table}: choose from {', '.join(TABLES)}")
    for mode in [] if options.debugger == "all" else options.debugger.split(","):
        if mode not in MODES:
            raise WrongQuestion(f"DEBUGGER={mode}: there is no such mode: choose from {', '.join(MODES)}, all")
    given = {name: getattr(options, name.replace("-", "_")) for name, *_ in KNOBS}
    chosen = (options.case, options.mode, options.debugger)
    return Settings(*chosen, target, jobs, deadlines, options.table, options.json, given)


def command_with(settings: Settings, knobs: dict[str, str]) -> str:
    """The command that runs the same with these knobs instead, as a person types it."""
    defaults = {name: default for name, default, _ in KNOBS if name not in ("jobs", "json")}
    values = settings.given | knobs
    chosen = {name: values[name] for name, default in defaults.items() if values[name] != default}
    if (ROOT / "Makefile").exists():
        words = [f"{name.upper().replace('-', '_')}={shlex.quote(value)}" for name, value in chosen.items()]
        return " ".join(["make run", *words])
    return " ".join(["python3 -m harness run", *(f"--{name} {shlex.quote(value)}" for name, value in chosen.items())])
