# SPDX-License-Identifier: BSD-2-Clause
"""What several verbs do alike."""

import itertools
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.text import Text

from harness.judging.bugs import Bug, read_bug
from harness.judging.result import Result
from harness.report.progress import Meter
from harness.runs.estimate import seconds_for
from harness.runs import folders, keep
from harness.runs.record import json_text, write_text
from harness.runs.runner import Group, Runner
from harness.settings import Settings
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT, calling


def find_bug(name: str) -> Bug:
    """The bug of that name. Raises WrongQuestion."""
    path = ROOT / "bugs" / f"{name}.toml"
    if not name or "/" in name or not os.path.exists(path):
        raise WrongQuestion(
            f"BUG={name}: there is no bugs/{name or 'NAME'}.toml: '{calling('list')}' shows what there is"
        )
    return read_bug(path)


def make_room(console: Console, settings: Settings) -> None:
    """Before a command adds a run: removes those that are too many (docs/runs.md), and says so."""
    for line in keep.make_room(folders.RUNS, settings.keep):
        console.print(Text(line))


def run_groups(
    runner: Runner,
    groups: list[Group],
    results: list[Result],
    on_platform: Callable[[Meter, str], None] = lambda meter, platform: None,
) -> None:
    """Runs the groups and adds to `results` what they give, with a progress line meanwhile.

    `on_platform` hears of each platform that is through. `results` have all that was settled even where it is stopped.
    """
    left = {group.platform.name: 0 for group in groups}
    for group in groups:
        left[group.platform.name] += 1
    before = len(results)
    total = sum(len(group.image.cases) for group in groups)
    with Meter(total, seconds_for(groups, runner.jobs)) as meter:
        runner.on_case = lambda group, case: meter.begun(f"{group.platform.name} {group.debugger} {case}")
        with closing(runner.run_all(groups, results)) as ended:
            for group, through in ended:
                meter.done(len(results) - before)
                left[group.platform.name] -= through
                if through and not left[group.platform.name]:
                    on_platform(meter, group.platform.name)


def must_differ(asked: dict[str, str]) -> None:
    """Raises WrongQuestion where two that are asked for are one file, of which the last one written alone would stay.

    `asked` are the files, "" for none, each by what stands before its name: "JSON=". A pipe or a device passes on both.
    """
    for (one, name), (other, second) in itertools.combinations(asked.items(), 2):
        path = os.path.realpath(name)
        kept = os.path.isfile(path) or not os.path.exists(path)
        if name and second and kept and path == os.path.realpath(second):
            raise WrongQuestion(f"{one}{name} and {other}{second}: are one file: name two")


def writable(name: str, knob: str = "JSON") -> Path | None:
    """The file of JSON=..., or of another knob, found out to be writable before the work begins."""
    if not name:
        return None
    try:
        with open(name, "a", encoding="utf-8"):
            return Path(name)
    except OSError as error:
        raise WrongQuestion(f"{knob}={name}: cannot be written: {error.strerror}") from None


def write_results(path: Path | None, results: list[Result]) -> None:
    """JSON=..., where it was asked for. Raises WrongQuestion where it cannot be written any more."""
    if path:
        write_text(path, json_text([result.as_json() for result in results]))
