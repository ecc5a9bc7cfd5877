# SPDX-License-Identifier: BSD-2-Clause
"""The page of a large report: how long writing it takes, and whether it can be sent."""

import time
from collections.abc import Iterator

from harness.bench.measure import judged
from harness.catalogue.debugger_modes import MODES
from harness.catalogue.image import Image
from harness.judging.result import Judgement, Named, Result, Verdict
from harness.report.html import page

CELLS = 30_000
MOST_SECONDS = 3
MOST_MEGABYTES = 5
KNOWN_OF = 3  # one result of so many is a known bug
BUGS = 60


def large_page(images: list[Image]) -> Iterator[str]:
    """Lines on a page of so many cells, of these images' cases."""
    results = made_up([case for image in images for case in image.cases])
    began = time.perf_counter()
    text = page([], results)
    took = time.perf_counter() - began
    yield judged(f"a page of {len(results)} cells, written", took, "s", MOST_SECONDS)
    yield judged("its size", len(text.encode()) / 1e6, "MB", MOST_MEGABYTES)


def made_up(cases: list[str]) -> list[Result]:
    """Results of as many platforms as it takes: the known bugs' logs have a few lines, each case its own."""
    results: list[Result] = []
    while len(results) < CELLS:
        platform = f"platform {len(results)}"
        results += [_result(number, case, platform, mode) for mode in MODES for number, case in enumerate(cases)]
    return results[:CELLS]


def _result(number: int, case: str, platform: str, mode: str) -> Result:
    if number % KNOWN_OF:
        return Result(case, platform, mode, Judgement(Verdict.PASS))
    required = [f"#DB cpu=0 rip=place_{number}+{line} dr6=ffff4ff0 dr7=00000400 flags=TF" for line in range(12)]
    seen = [line.replace("ffff4ff0", "ffff0ff0") for line in required]
    bug = Named(f"bug-{number % BUGS}", "a bug that was made up")
    return Result(case, platform, mode, Judgement(Verdict.KNOWN, bugs=(bug,)), required=required, seen=seen)
