# SPDX-License-Identifier: BSD-2-Clause
"""What an emulated host costs."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.bench.measure import alternate, ratio, seconds
from harness.catalogue.image import Image
from harness.platform.lab import LabKVM
from harness.system.limits import Deadlines


def emulated_host(deadlines: Deadlines, platform: LabKVM, images: list[Image]) -> Iterator[str]:
    """Lines on a host that is booted, and on one case's verdict against restoring a host and turning it off."""
    image, case = images[0], images[0].cases[0]

    def first() -> None:
        platform.close()
        again()

    def again() -> None:
        with tempfile.TemporaryDirectory() as directory:
            platform.boot(image.path, image.pattern([case]), Path(directory), deadlines)

    with tempfile.TemporaryDirectory() as directory:
        booted = seconds(lambda: platform.hosts.cold(Path(directory)))
    yield f"{platform.name}: booted and kept in {booted:.2f} s"
    empty, one, more = alternate(platform.hosts.empty, first, again)
    yield f"{platform.name}: restored and turned off in {statistics.median(empty):.2f} s"
    for words, times in (("in a host restored for it", one), ("in the same host", more)):
        value, _ = ratio(times, empty)
        yield f"    {case} {words} {statistics.median(times):.2f} s, {value:.2f} times as long"
