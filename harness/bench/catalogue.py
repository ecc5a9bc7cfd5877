# SPDX-License-Identifier: BSD-2-Clause
"""The catalogue: detached against a guest that has nothing to do, and in all debugger modes by the clock."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.bench.measure import CannotMeasure, alternate, judged, ratio, seconds
from harness.catalogue.image import Image
from harness.platform import Platform
from harness.platform.qemu import QEMU
from harness.runs.runner import Runner, make_groups
from harness.system import process
from harness.system.limits import Deadlines
from harness.vm.outcome import Outcome
from harness.vm.ending import STATUS_DONE

MOST_SECONDS = 30
MOST_WITHOUT_LOG, MOST_WITH_LOG = 3, 6
NO_CASE = "-"  # matches none, so the guest leaves at once
DEADLINE = 60.0
SLOWEST = 5


def all_modes(runner: Runner, platform: Platform, debugger: str, images: list[Image], whole: bool) -> Iterator[str]:
    """Lines on a run as users have it, in the modes of DEBUGGER=`debugger`: how long, and what with.

    It has a target if it is the `whole` catalogue, in all of them. Most of it is mode step, and half of that is an old
    QEMU's own: gdb_vm_state_change() in its gdbstub drops all translations at each of gdb's stops, so that each handler
    is translated anew (`info jit` on one VM of that mode: 6228 flushes with 7.2.22, none with 11.1.3).
    """
    groups = make_groups([platform], debugger, images)
    results: list = []
    took = seconds(lambda: list(runner.run_all(groups, results)))
    modes = list(dict.fromkeys(group.debugger for group in groups))
    most = MOST_SECONDS if debugger == "all" and whole else None
    yield judged(f"{len(results)} results in {len(modes)} debugger modes", took, "s", most, f"JOBS={runner.jobs}")
    for mode in modes:
        mine = [result for result in results if result.debugger == mode]
        inside = sum(result.seconds for result in mine)
        vms = len({result.run for result in mine})
        yield f"    {mode}: {inside:.1f} s within cases, {len(mine)} cases in {vms} VMs"
    slowest = sorted(results, key=lambda result: -result.seconds)[:SLOWEST]
    words = ", ".join(f"{result.case} {result.debugger} {result.seconds:.1f} s" for result in slowest)
    yield f"    the slowest: {words}"


def detached(deadlines: Deadlines, platform: Platform, images: list[Image], whole: bool) -> Iterator[str]:
    """Lines on one VM for all cases of each image but those that take it down, which are named.

    It has a target if that is the `whole` catalogue.
    """
    survivors = [_survivors(platform, image, deadlines) for image in images]
    left_out = [case for image in images for case in image.cases if case not in {*sum(survivors, [])}]
    count = sum(map(len, survivors))

    def empty() -> None:
        for image in images:
            _boot_without_log(platform, image, [], deadlines)

    def without_log() -> None:
        for image, cases in zip(images, survivors):
            _boot_without_log(platform, image, cases, deadlines)

    def with_log() -> None:
        for image, cases in zip(images, survivors):
            _boot(platform, image, cases, deadlines)

    unit, quiet, whole = alternate(empty, without_log, with_log)
    for what, times, most in (
        ("without a log (a null serial line)", quiet, MOST_WITHOUT_LOG),
        ("with its log", whole, MOST_WITH_LOG),
    ):
        value, details = ratio(times, unit)
        medians = f"{statistics.median(times):.3f} s, empty {statistics.median(unit):.3f} s"
        most = most if whole else None
        yield judged(f"{count} cases, detached, {what}", value, "empty guests", most, f"{medians}; {details}")
    if left_out:
        yield f"    without {', '.join(left_out)}"


def _boot_without_log(platform: QEMU, image: Image, cases: list[str], deadlines: Deadlines) -> None:
    """Runs QEMU alone, with nobody to read, to the guest's own end."""
    pattern = image.pattern(cases) if cases else NO_CASE
    command = [*platform.command(image.path, pattern), "-chardev", "null,id=serial,mux=on", "-serial", "chardev:serial"]
    status, output = process.run(command, deadlines(DEADLINE))
    if status != STATUS_DONE:
        raise CannotMeasure(f"{image.name} does not leave without a log: {output.strip() or status}")


def _boot(platform: Platform, image: Image, cases: list[str], deadlines: Deadlines) -> Outcome:
    with tempfile.TemporaryDirectory() as directory:
        return platform.boot(image.path, image.pattern(cases), Path(directory), deadlines)


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
