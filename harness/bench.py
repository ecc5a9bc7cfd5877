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
from harness.outcome import Deadlines
from harness.platform import Platform
from harness.settings import Settings

ROUNDS = 15
NO_CASE = "-"  # matches none, so the guest leaves at once


def catalogue_against_empty(console: Console, settings: Settings, platform: Platform, images: list[Image]) -> None:
    """Prints what all cases, detached, cost against a guest that leaves at once: one VM each."""
    for image in images:

        def boot(cases: str, image: Image = image) -> None:
            with tempfile.TemporaryDirectory() as directory:
                platform.boot(image.path, cases, Path(directory), Deadlines(settings.timeout_multiplier))

        whole, empty = _alternate(lambda: boot(image.pattern(image.cases)), lambda: boot(NO_CASE))
        ratios = [one / other for one, other in zip(whole, empty)]
        console.print(
            Text(
                f"{platform.name} {image.name}: {len(image.cases)} cases {statistics.median(whole):.3f} s, "
                f"empty guest {statistics.median(empty):.3f} s, "
                f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}, {ROUNDS} pairs)"
            )
        )


def _alternate(first: Callable[[], None], second: Callable[[], None]) -> tuple[list[float], list[float]]:
    """Seconds of each, run in turn, after one of each that does not count."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for function, seconds in zip((first, second), times):
            began = time.perf_counter()
            function()
            if number:
                seconds.append(time.perf_counter() - began)
    return times
