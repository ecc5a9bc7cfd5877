# SPDX-License-Identifier: BSD-2-Clause
"""Speed, as ratios of runs that alternate in one command: absolute times say little on a shared machine."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from harness.image import Image
from harness.outcome import Deadlines, Outcome
from harness.platform import Platform, modes_asked_of
from harness.platform.lab import LabKVM
from harness.runner import Runner, make_groups
from harness.settings import Settings

ROUNDS = 15
NO_CASE = "-"  # matches none, so the guest leaves at once


def catalogue_against_empty(console: Console, settings: Settings, platform: Platform, images: list[Image]) -> None:
    """Prints what the cases, detached, cost against a guest that leaves at once, and how that grows.

    One VM runs all of an image's cases but those that take it down, which are named.
    """
    deadlines = Deadlines(settings.timeout_multiplier)
    for image in images:
        survivors = _survivors(platform, image, deadlines)
        half = survivors[::2]

        def boot(cases: list[str], image: Image = image) -> None:
            _boot(platform, image, cases, deadlines)

        empty, some, whole = _alternate(lambda: boot([]), lambda: boot(half), lambda: boot(survivors))
        lines = [f"{platform.name} {image.name}: empty guest {statistics.median(empty):.3f} s"]
        lines += [_against(len(half), some, empty), _against(len(survivors), whole, empty)]
        if left_out := [case for case in image.cases if case not in survivors]:
            lines.append(f"    without {', '.join(left_out)}")
        for line in lines:
            console.print(Text(line))


def emulated_host(console: Console, settings: Settings, platform: LabKVM, images: list[Image]) -> None:
    """Prints what a host costs: booted, and one case's verdict against restoring a host and turning it off."""
    deadlines = Deadlines(settings.timeout_multiplier)
    image, case = images[0], images[0].cases[0]

    def first() -> None:
        platform.close()
        again()

    def again() -> None:
        _boot(platform, image, [case], deadlines)

    with tempfile.TemporaryDirectory() as directory:
        began = time.perf_counter()
        platform.hosts.cold(Path(directory))
        console.print(Text(f"{platform.name}: booted and kept in {time.perf_counter() - began:.2f} s"))
    empty, one, more = _alternate(platform.hosts.empty, first, again)
    console.print(Text(f"{platform.name}: restored and turned off in {statistics.median(empty):.2f} s"))
    for words, times in (("in a host restored for it", one), ("in the same host", more)):
        ratio = statistics.median(a / b for a, b in zip(times, empty))
        console.print(Text(f"    {case} {words} {statistics.median(times):.2f} s, {ratio:.2f} times as long"))


def debugger_modes(console: Console, settings: Settings, platform: Platform, images: list[Image]) -> None:
    """Prints what each debugger mode costs against `detached`: all cases, each mode once, as a run has them."""
    seconds: dict[str, float] = {}
    for mode in modes_asked_of(platform, settings.debugger):
        runner = Runner(settings)
        began = time.perf_counter()
        count = sum(len(runner.run(group)) for group in make_groups([platform], mode, images))
        seconds[mode] = time.perf_counter() - began
        boots = len([folder for folder in runner.record.path.iterdir() if folder.is_dir()])
        ratio = f", {seconds[mode] / seconds['detached']:.2f} times detached" if "detached" in seconds else ""
        words = f"{platform.name} {mode}: {count} cases {seconds[mode]:.2f} s{ratio}, {boots} VMs"
        console.print(Text(words + ("" if mode == "detached" else ", a gdb each")))


def _against(count: int, times: list[float], empty: list[float]) -> str:
    ratios = [one / other for one, other in zip(times, empty)]
    each = 1000 * (statistics.median(times) - statistics.median(empty)) / max(count, 1)
    return (
        f"    {count} cases {statistics.median(times):.3f} s, {statistics.median(ratios):.2f} times the empty guest "
        f"({min(ratios):.2f} to {max(ratios):.2f}, {ROUNDS} pairs), {each:.2f} ms a case"
    )


def _boot(platform: Platform, image: Image, cases: list[str], deadlines: Deadlines) -> Outcome:
    with tempfile.TemporaryDirectory() as directory:
        pattern = image.pattern(cases) if cases else NO_CASE
        return platform.boot(image.path, pattern, Path(directory), deadlines)


def _survivors(platform: Platform, image: Image, deadlines: Deadlines) -> list[str]:
    """The cases that leave their VM to the next one."""
    cases = list(image.cases)
    while cases:
        outcome = _boot(platform, image, cases, deadlines)
        victim = outcome.log.open_block
        if outcome.ending is None or victim is None or victim.case not in cases:
            break
        cases.remove(victim.case)
    return cases


def _alternate(*functions: Callable[[], object]) -> list[list[float]]:
    """Seconds of each, run in turn, after one of each that does not count."""
    times: list[list[float]] = [[] for _ in functions]
    for number in range(ROUNDS + 1):
        for function, seconds in zip(functions, times):
            began = time.perf_counter()
            function()
            if number:
                seconds.append(time.perf_counter() - began)
    return times
