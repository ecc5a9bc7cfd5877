# SPDX-License-Identifier: BSD-2-Clause
"""The verb bench: what is to be quick, each beside what it is compared with, and whether that is reached."""

from collections.abc import Iterable
from pathlib import Path

from rich.text import Text

from harness.bench.build import build
from harness.bench.catalogue import all_modes, detached
from harness.bench.host import emulated_host
from harness.bench.measure import CannotMeasure, unjudged
from harness.bench.page import large_page
from harness.bench.start import WITHOUT_IT, one_case
from harness.catalogue.image import Image, read_images, select
from harness.platform import Platform, Unusable, find_platforms
from harness.platform.lab import LabKVM
from harness.platform.qemu import QEMU
from harness.report import terminal
from harness.runs.runner import Runner
from harness.settings import Settings
from harness.verbs.common import make_room
from harness.witness.debug_flat import find_debug_flat

THE_TESTS = unjudged("make test, target: at most 5 min on two processors: 'time make test' says")


def bench(settings: Settings, kut: str) -> int:
    """Prints how long things take; 1 if something cannot be measured. `kut` is KUT=."""
    console = terminal.make_console()
    images = select(read_images(), settings.case, settings.mode)
    debug_flat = find_debug_flat(kut) if kut else None
    platforms = find_platforms(settings.target, default="tcg")
    terminal.print_platforms(console, platforms)
    make_room(console, settings)
    measures = [
        measure
        for platform in platforms
        if isinstance(platform, Platform)
        for measure in _measures(settings, platform, images, debug_flat)
    ]
    complete = len(measures) > 0 and not any(isinstance(platform, Unusable) for platform in platforms)
    for measure in measures:
        try:
            for line in measure:
                console.print(Text(line))
        except CannotMeasure as error:
            console.print(Text(unjudged(f"cannot be measured: {error}")))
            complete = False
    return 0 if complete else 1


def _measures(
    settings: Settings, platform: Platform, images: list[Image], debug_flat: Path | None
) -> list[Iterable[str]]:
    """What there is to measure of a platform, each as the lines that say what came; the quickest first."""
    whole = not (settings.case or settings.mode)
    if isinstance(platform, LabKVM):
        return [emulated_host(settings.deadlines, platform, images)]
    everything = all_modes(Runner(settings.jobs, settings.deadlines), platform, settings.debugger, images, whole)
    if not isinstance(platform, QEMU):
        return [everything]
    return [
        one_case(settings.deadlines, platform, debug_flat) if debug_flat else [WITHOUT_IT],
        build(),
        large_page(images),
        detached(settings.deadlines, platform, images, whole),
        everything,
        [THE_TESTS],
    ]
