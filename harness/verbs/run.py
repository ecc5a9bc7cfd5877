# SPDX-License-Identifier: BSD-2-Clause
"""The verb run, the main job: boot everywhere, compare, print the table."""

from harness import report
from harness.errors import WrongQuestion
from harness.image import Image, read_images, select
from harness.platform import Platform, Unusable, find_platforms, modes_asked_of
from harness.record import write_json
from harness.runner import Runner, make_groups
from harness.settings import Settings
from harness.verbs.common import run_groups, writable
from harness.verdict import Result


def run(settings: Settings) -> int:
    """Boots everywhere, compares, prints the table."""
    console = report.make_console()
    images = select(read_images(settings.build), settings.case, settings.mode)
    json_path = writable(settings.json)
    platforms = find_platforms(settings, default="all")
    report.print_platforms(console, platforms)
    usable = [platform for platform in platforms if isinstance(platform, Platform)]
    wanted = [platform for platform in platforms if isinstance(platform, Unusable) and platform.asked]
    groups = make_groups(usable, settings.debugger, images)
    results = run_groups(console, settings, groups, lambda runner: _unusable(runner, wanted, settings, images))
    results.sort(key=lambda result: [platform.name for platform in platforms].index(result.platform))
    if not results:
        raise WrongQuestion("no platform is usable here, for the reasons above")
    console.print()
    report.print_table(console, results)
    console.print()
    report.print_problems(console, results)
    report.print_summary(console, results, platforms)
    if json_path:
        write_json(json_path, [result.as_json() for result in results])
    return 0 if all(result.verdict.green for result in results) else 1


def _unusable(runner: Runner, platforms: list[Unusable], settings: Settings, images: list[Image]) -> list[Result]:
    return [
        result
        for platform in platforms
        for result in runner.unusable(platform, modes_asked_of(platform, settings.debugger), images)
    ]
