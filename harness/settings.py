# SPDX-License-Identifier: BSD-2-Clause
"""What the knobs ask for, each value where it is needed."""

import argparse
import re
import shlex
from dataclasses import dataclass

from harness.catalogue.debugger_modes import MODES
from harness.debugger.gdb import find_gdb
from harness.knobs import KNOBS, LISTS, listed
from harness.lab.xens import find_xen
from harness.platform import ALL, INTEL, LOCAL, ON_INTEL, REFERENCES, check_used
from harness.platform.bochs import find_bochs
from harness.platform.qemu import DEFAULT_FIRMWARE, find_qemu, machine_options
from harness.platform.target import Hardware, Target
from harness.platform.v86 import find_v86
from harness.platform.xen import check_arguments
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.system.places import calling, has_make

TABLES = ("short", "full", "none")

# As everybody writes numbers: Python takes 1_0, and digits of any script.
FORMS = {int: re.compile(r"[0-9]{1,10}"), float: re.compile(r"[0-9]{1,10}(\.[0-9]+)?")}
MOST = 999
LONGEST_QUOTED = 40  # characters of what is none


@dataclass(frozen=True)
class Settings:
    """The knobs' values, checked as far as possible without looking at the machine, each where it is needed.

    CASE, MODE and DEBUGGER say what to run; `target` where and on what; JOBS and the deadlines how; `table` and `json`
    what to leave of it; `keep` how many runs stay, None for all. `given` are all knobs as they were spelled.
    """

    case: str
    mode: str
    debugger: str
    target: Target
    jobs: int
    deadlines: Deadlines
    table: str
    json: str
    keep: int | None
    given: dict[str, str]


def number(name: str, text: str, kind: type, least, most=MOST, other: str = "") -> int | float:
    """The number that a knob spells; `other` is what else it may be, in words. Raises WrongQuestion."""
    value = kind(text) if FORMS[kind].fullmatch(text) else None
    if value is None or not least <= value <= most:
        raise WrongQuestion(f"{name}={text[:LONGEST_QUOTED]}: expected a number from {least} to {most}{other}")
    return value


def _without_blanks(options: argparse.Namespace) -> argparse.Namespace:
    """The options, each list with nothing but commas between its values."""
    lists = {name: ",".join(listed(getattr(options, name))) for name in LISTS}
    return argparse.Namespace(**vars(options) | lists)


def _check_lists(options: argparse.Namespace) -> None:
    """Raises WrongQuestion where something is asked for twice, or beside all that there is."""
    for name in ("accel", "engine", "platform", "host", "debugger"):
        text = getattr(options, name)
        words = text.split(",")
        for word in words:
            if words.count(word) > 1:
                raise WrongQuestion(f"{name.upper()}={text}: names {word} twice")
            if word in (ALL, REFERENCES) and len(words) > 1 and name in ("accel", "debugger"):
                raise WrongQuestion(f"{name.upper()}={word}: stands alone, not in {text}")


def _check_programs(options: argparse.Namespace) -> None:
    """Raises WrongQuestion where a knob of one hypervisor is wrong, whichever is asked for, or has no effect."""
    if options.qemu:
        find_qemu(options.qemu)
    if options.bochs:
        find_bochs(options.bochs)
    if options.v86:
        find_v86(options.v86)
    if options.xen:
        find_xen(options.xen)
    check_arguments(options.xen_args)
    if options.machine or options.firmware:
        machine_options(options.machine or next(iter(DEFAULT_FIRMWARE)), options.firmware)
    if options.kernel and options.host == LOCAL:
        raise WrongQuestion(f"KERNEL={options.kernel}: takes HOST=amd or HOST=intel, which boot it")
    if options.modules and not options.kernel:
        raise WrongQuestion(f"MODULES={options.modules}: takes KERNEL=, whose modules they are")


def _check_used(options: argparse.Namespace) -> None:
    """Raises WrongQuestion where a knob is for none of the platforms, if they are asked for by name."""
    if options.accel not in ("", ALL, REFERENCES) or (options.platform and not options.accel):
        on_intel = any(host.startswith(INTEL) for host in options.host.split(","))
        check_used(vars(options), {*options.accel.split(","), *([ON_INTEL] if on_intel else [])})


def read_settings(options: argparse.Namespace, for_tests: bool = False) -> Settings:
    """The settings that the options of add_options() spell. A GDB=... that is not there is a wrong question too.

    Tests have platforms of their own beside those of ACCEL, which the knobs of all hypervisors are for.
    """
    find_gdb()
    options = _without_blanks(options)
    _check_lists(options)
    _check_programs(options)
    if not for_tests:
        _check_used(options)
    deadlines = Deadlines(number("TIMEOUT_MULTIPLIER", options.timeout_multiplier, float, 0.01))
    cpus = number("CPUS", options.cpus, int, 1)
    hardware = Hardware(options.machine, options.firmware, options.cpu, cpus)
    programs = (
        options.qemu,
        options.bochs,
        options.v86,
        options.xen,
        options.xen_args,
        options.kernel,
        options.modules,
    )
    target = Target(options.accel, options.engine, options.platform, options.host, *programs, hardware, deadlines)
    jobs = number("JOBS", options.jobs, int, 1)
    keep = None if options.keep == ALL else number("KEEP", options.keep, int, 1, other=f", or {ALL}")
    if options.table not in TABLES:
        raise WrongQuestion(f"TABLE={options.table}: choose from {', '.join(TABLES)}")
    for mode in [] if options.debugger == "all" else options.debugger.split(","):
        if mode not in MODES:
            raise WrongQuestion(f"DEBUGGER={mode}: there is no such mode: choose from {', '.join(MODES)}, all")
    given = {name: getattr(options, name.replace("-", "_")) for name, *_ in KNOBS}
    chosen = (options.case, options.mode, options.debugger)
    return Settings(*chosen, target, jobs, deadlines, options.table, options.json, keep, given)


def command_with(settings: Settings, knobs: dict[str, str]) -> str:
    """The command that runs the same with these knobs instead, as a person types it."""
    defaults = {name: default for name, default, _ in KNOBS if name not in ("jobs", "json")}
    values = settings.given | knobs
    chosen = {name: values[name] for name, default in defaults.items() if values[name] != default}
    if has_make():
        words = [f"{name.upper().replace('-', '_')}={shlex.quote(value)}" for name, value in chosen.items()]
    else:
        words = [f"--{name} {shlex.quote(value)}" for name, value in chosen.items()]
    return " ".join([calling("run"), *words])
