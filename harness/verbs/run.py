# SPDX-License-Identifier: BSD-2-Clause
"""The verb run, the main job: boot everywhere, compare, and say of each platform what came as it ends.

What is done is never lost: a signal, or a fault, leaves the summary so far, the results and the page.
"""

import functools
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from harness.catalogue.debugger_modes import MODES, takes_part
from harness.catalogue.image import Image, read_images, select
from harness.judging.affected import accelerator_of
from harness.judging.result import Result, Verdict, gravest
from harness.platform import (
    INTEL,
    LOCAL,
    ON_INTEL,
    REFERENCES,
    Platform,
    Unusable,
    find_platforms,
    modes_asked_of,
    unused,
)
from harness.report import terminal
from harness.report.diff import held_against, not_in
from harness.report.for_scripts import summary_line
from harness.report.html import write_page
from harness.report.page_baseline import against
from harness.report.problems import debuggers
from harness.report.progress import Meter
from harness.report.tap import points
from harness.runs.diff import diff
from harness.runs.estimate import in_words, seconds_for
from harness.runs.merge import read_run
from harness.runs.public import check_target, publish
from harness.runs.read import read
from harness.runs.record import write_text
from harness.runs.runner import Group, Runner, make_groups
from harness.settings import Settings, command_with
from harness.system import process, signals
from harness.system.errors import Stopped, WrongQuestion
from harness.system.places import PAGE, shown
from harness.system.printable import printable
from harness.verbs.common import make_room, must_differ, run_groups, writable, write_results

SHORT = 20  # rows of a table that is short

PUBLIC = "PUBLIC="


def run(settings: Settings, baseline: str = "", summary: str = "", tap: str = "", public: str = "") -> int:
    """Boots everywhere, compares, prints what came; returns the exit status.

    `baseline` names an earlier run that decides it: whether something got worse than there; `summary` a file for a line
    of JSON, `tap` one for the Test Anything Protocol, `public` a folder or an archive for a copy to send; empty for
    none.
    """
    console = terminal.make_console()
    files = {"BASELINE=": baseline, "JSON=": settings.json, "SUMMARY=": summary, "TAP=": tap, PUBLIC: public}
    must_differ(files | {"the page ": shown(PAGE)})
    before = read_run(baseline)[1] if baseline else []
    images = select(read_images(), settings.case, settings.mode)
    cases = [case for image in images for case in image.cases]
    if settings.debugger == "script" and not any(takes_part("script", case) for case in cases):
        raise WrongQuestion("DEBUGGER=script: no case that is asked for has commands for gdb")
    json_path, summary_path, tap_path = writable(settings.json), writable(summary, "SUMMARY"), writable(tap, "TAP")
    if public:
        check_target(Path(public), PUBLIC)
    platforms = find_platforms(settings.target, default=REFERENCES)
    terminal.print_platforms(console, platforms)
    make_room(console, settings)
    usable = [platform for platform in platforms if isinstance(platform, Platform)]
    groups = make_groups(usable, settings.debugger, images)
    runner = Runner(settings.jobs, settings.deadlines)
    again = functools.partial(_again, settings, _described(settings, platforms))
    told = Summary(console, settings, runner, groups, again)
    told.results += _unusable(runner, platforms, settings, images)
    if not groups and not told.results:
        words = "has the modes of the cases asked for" if usable else "is usable here, for the reasons above"
        raise WrongQuestion(f"no platform {words}")
    told.announce()
    broken: list[Exception] = []
    stopped: Stopped | None = None
    try:
        with signals.hearing():
            run_groups(runner, groups, told.results, told.platform_is_through)
    except Stopped as stop:
        stopped = stop
    except Exception as error:
        broken = [error]
    how = f"stopped by {_signal(stopped.number)}" if stopped else "ended early" if broken else ""
    _sort(told.results, platforms, images)
    lines = terminal.platform_lines(platforms)
    found = diff(before, told.results) if baseline else None
    first = against(printable(Path(baseline).name), found) if found else None  # as the page may be sent
    write = functools.partial(write_page, first=first)
    broken += [
        *_failure(write_results, json_path, told.results),
        *_failure(_write, summary_path, summary_line, told.results),
        *_failure(_write, tap_path, points, told.results),
        *_failure(write, PAGE, lines, told.results, runner.bugs.read, again),
    ]
    broken += _failure(told.finish, how)
    broken += _failure(_publish, console, runner, public)
    passes = all(result.verdict.green for result in told.results)
    if found and not broken:
        passes = held_against(console, baseline, found, not_in(before, told.results))
    if broken:
        raise broken[0]
    return stopped.status if stopped else int(not passes)


def _signal(number: int) -> str:
    """Its name; of the real-time ones, most have none."""
    return process.signal_name(-number) or f"signal {number}"


def _write(path: Path | None, form: Callable[[list[Result]], str], results: list[Result]) -> None:
    if path:
        write_text(path, form(results))


def _publish(console: Console, runner: Runner, public: str) -> None:
    """Makes of this run the copy that may be sent, and says so."""
    if public:
        for line in publish(read([runner.record.path]), Path(public), PUBLIC):
            console.print(Text(line))


def _sort(results: list[Result], platforms: list[Platform | Unusable], images: list[Image]) -> None:
    """Puts results into the order of the platforms, the debugger modes, and the cases in their images."""
    names = [platform.name for platform in platforms]
    cases = {case: number for number, case in enumerate(case for image in images for case in image.cases)}
    results.sort(
        key=lambda result: (
            names.index(result.platform),
            MODES.index(result.debugger),
            cases.get(result.case, len(cases)),
        )
    )


def _described(settings: Settings, platforms: list[Platform | Unusable]) -> dict[str, str]:
    """The file of each platform that one describes, by its name, which may be an accelerator's: they come first."""
    files = settings.target.platform
    return dict(zip((platform.name for platform in platforms), files.split(","))) if files else {}


def _again(settings: Settings, described: dict[str, str], platform: str, case: str, debugger: str) -> str:
    """The command that asks a case (NAME@MODE) again, alone, without the knobs of other platforms."""
    accel = "" if platform in described else accelerator_of(platform)
    knobs = {"case": case, "debugger": debugger, "accel": accel, "platform": described.get(platform, "")}
    host = "" if platform in described else platform.partition("@")[2]
    if not host:
        knobs |= {"host": LOCAL, "kernel": "", "modules": ""}
    others = unused({accel, *([ON_INTEL] if host.startswith(INTEL) else [])})
    return command_with(settings, knobs | {knob.replace("_", "-"): "" for knob in others})


def _failure(tell: Callable[..., None], *arguments) -> list[Exception]:
    """Why something could not be told, which must not keep the rest from being told; nothing if it could."""
    try:
        tell(*arguments)
    except Exception as error:
        return [error]
    return []


def _unusable(
    runner: Runner, platforms: list[Platform | Unusable], settings: Settings, images: list[Image]
) -> list[Result]:
    """The results of platforms that were asked for and cannot be used."""
    return [
        result
        for platform in platforms
        if isinstance(platform, Unusable) and platform.asked
        for result in runner.unusable(platform, modes_asked_of(platform, settings.debugger), images)
    ]


class Summary:
    """What a run says, from what it will do to what to do next; `results` are what there is by now."""

    def __init__(
        self,
        console: Console,
        settings: Settings,
        runner: Runner,
        groups: list[Group],
        again: Callable[[str, str, str], str],
    ) -> None:
        self.results: list[Result] = []
        self._console = console
        self._settings = settings
        self._bugs = runner.bugs
        self._groups = groups
        self._again = again
        self._told: set[str] = set()
        self._began = time.monotonic()

    def announce(self) -> None:
        """What will be done, and about how long that takes."""
        if not self._groups:
            return
        cases = {case for group in self._groups for case in group.image.cases}
        names = {case.partition("@")[0] for case in cases}
        platforms = dict.fromkeys(group.platform.name for group in self._groups)
        debuggers_asked = dict.fromkeys(group.debugger for group in self._groups)
        total = sum(len(group.image.cases) for group in self._groups)
        where = f"on {', '.join(platforms)} in {terminal.counted(len(debuggers_asked), 'debugger mode')}"
        modes = f" ({len(cases)} with their modes)" if len(cases) > len(names) else ""
        words = f"{terminal.counted(len(names), 'case')}{modes} {where}: {terminal.counted(total, 'result')}"
        took = in_words(seconds_for(self._groups, self._settings.jobs))
        self._console.print(Text(f"{words}, about {took}"))

    def platform_is_through(self, meter: Meter, platform: str) -> None:
        """Says what a platform gave."""
        with meter.paused():
            self._print_platform(platform)

    def _print_platform(self, platform: str) -> None:
        self._told.add(platform)
        mine = [result for result in self.results if result.platform == platform]
        self._console.print()
        seconds, in_full = time.monotonic() - self._began, self._settings.table == "full"
        platforms = {group.platform.name for group in self._groups} | {result.platform for result in self.results}
        most = terminal.most_known(len(platforms), in_full)
        terminal.print_platform(self._console, mine, self._bugs.read, seconds, most)

    def finish(self, early: str) -> None:
        """What has not been said yet, the table if it is wanted, and what to do next; how it ended `early`, if so."""
        for platform in dict.fromkeys(result.platform for result in self.results):
            if platform not in self._told:
                self._print_platform(platform)
        self._print_table()
        terminal.print_total(self._console, self.results)
        if early:
            self._console.print(Text(f"\n{early}: {self._unrun()}", "bold red"))
        red = [result for result in self.results if not result.verdict.green]
        self._console.print()
        again = [result for result in red if result.verdict is not Verdict.UNUSABLE]
        if again:
            first = gravest(again)
            words = self._again(first.platform, first.case, first.debugger)
            self._console.print(Text(f"one of them again, alone: {words}"))
        words = "each verdict and known bug, with both logs of what is not green"
        self._console.print(Text.assemble(f"{words}: ", terminal.link(self._console, PAGE), ", or TABLE=full"))

    def _print_table(self) -> None:
        if self._settings.table == "full":
            self._console.print()
            terminal.print_table(self._console, self.results)
        elif self._settings.table == "short":
            terminal.print_short_table(self._console, self.results, SHORT)

    def _unrun(self) -> str:
        """What has not been run."""
        done = {(result.case, result.platform, result.debugger) for result in self.results}
        missing = [
            (group.platform.name, group.debugger)
            for group in self._groups
            for case in group.image.cases
            if (case, group.platform.name, group.debugger) not in done
        ]
        where = [
            f"{platform}: {debuggers(debugger for name, debugger in missing if name == platform)}"
            for platform in dict.fromkeys(name for name, _ in missing)
        ]
        total = sum(len(group.image.cases) for group in self._groups)
        return f"{len(missing)} of {total} results are missing: {'; '.join(where)}" if missing else "nothing is missing"
