# SPDX-License-Identifier: BSD-2-Clause
"""The page of a large report: how long writing, opening and filtering it takes, and whether it can be sent."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from harness.bench.browser import MISSING, browser
from harness.bench.measure import ROUNDS, CannotMeasure, judged, unjudged
from harness.catalogue.debugger_modes import MODES
from harness.catalogue.image import Image
from harness.judging.result import Judgement, Named, Result, Verdict
from harness.report.html import page

CELLS = 30_000
MOST_SECONDS = 3
MOST_MEGABYTES = 5
MOST_SECONDS_TO_OPEN = 1
MOST_MILLISECONDS_TO_FILTER = 50
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
    if MISSING:
        yield unjudged(f"opening and filtering it: {' and '.join(MISSING)}: not installed")
    else:
        yield from in_browser(text)


# Texts for the filter: of no row, of one, of many, and of all.
TEXTS = ("of no row", "triple_fault", "dbreak", "@", "")

# Milliseconds from a text in the field to the page laid out anew, for each text.
FILTER = """
  const field = document.getElementById("filter-q");
  return arguments[0].map((text) => {
    const began = performance.now();
    field.value = text;
    field.dispatchEvent(new Event("input"));
    document.body.getBoundingClientRect();
    return performance.now() - began;
  });
"""


def in_browser(text: str) -> Iterator[str]:
    """Lines on a page in Chromium, by its own clock: until it is loaded, and the slowest of some filters."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "index.html"
        path.write_text(text, encoding="utf-8")
        try:
            with browser(Path(directory)) as window:
                window.open(path.as_uri())
                opened = window.run("return performance.getEntriesByType('navigation')[0].loadEventEnd")
                rounds = [window.run(FILTER, TEXTS) for _ in range(ROUNDS)]
        except OSError as error:
            raise CannotMeasure(f"Chromium: {error}") from None
    times = dict(zip(TEXTS, map(statistics.median, zip(*rounds))))
    slowest = max(times, key=lambda each: times[each])
    yield judged("opening it in Chromium", opened / 1000, "s", MOST_SECONDS_TO_OPEN)
    words = f"'{slowest}', the slowest of {len(TEXTS)}"
    yield judged("a filter in it", times[slowest], "ms", MOST_MILLISECONDS_TO_FILTER, words)


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
