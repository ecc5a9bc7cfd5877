# SPDX-License-Identifier: BSD-2-Clause
"""The verb bench: how long things take, as ratios."""

from harness import report
from harness.bench import catalogue_against_empty, debugger_modes, emulated_host
from harness.image import read_images, select
from harness.platform import Unusable, find_platforms
from harness.platform.lab import LabKVM
from harness.settings import Settings


def bench(settings: Settings) -> int:
    """Prints how long things take, as ratios."""
    console = report.make_console()
    images = select(read_images(settings.build), settings.case, settings.mode)
    platforms = find_platforms(settings, default="tcg")
    report.print_platforms(console, platforms)
    for platform in platforms:
        if isinstance(platform, Unusable):
            return 1
        if isinstance(platform, LabKVM):
            emulated_host(console, settings, platform, images)
            continue
        catalogue_against_empty(console, settings, platform, images)
        debugger_modes(console, settings, platform, images)
    return 0
