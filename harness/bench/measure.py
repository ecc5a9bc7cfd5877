# SPDX-License-Identifier: BSD-2-Clause
"""How things are timed, beside what they are compared with, and how that is said."""

import os
import statistics
import time
from collections.abc import Callable

from harness.system import process
from harness.system.places import ROOT

ROUNDS = 15
WIDTH = 9  # of the word that a line begins with


class CannotMeasure(Exception):
    """Something that is to be timed does not come to its end."""


def seconds(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def alternate(*functions: Callable[[], object], rounds: int = ROUNDS) -> list[list[float]]:
    """Seconds of each, run in turn, after one of each that does not count."""
    times = [[seconds(function) for function in functions] for _ in range(rounds + 1)]
    return [list(column) for column in zip(*times[1:])]


def ratio(times: list[float], unit: list[float]) -> tuple[float, str]:
    """How many times as long it takes, pair by pair: the median, and the rest in words."""
    ratios = [one / other for one, other in zip(times, unit, strict=True)]
    return statistics.median(ratios), f"{min(ratios):.2f} to {max(ratios):.2f}, {len(ratios)} pairs"


def judged(what: str, value: float, unit: str, most: float | None, details: str = "") -> str:
    """A line on a target, and whether it is reached; `most` is None where the target is of something else."""
    word = "measured" if most is None else "reached" if value <= most else "missed"
    target = "" if most is None else f", target: at most {most:g}"
    return f"{word:<{WIDTH}}{what}: {value:.2f} {unit}{target}{f' ({details})' if details else ''}"


def unjudged(words: str) -> str:
    """A line on a target that was not looked at."""
    return f"{'-':<{WIDTH}}{words}"


def make_environment() -> dict[str, str]:
    """For a make that is not below the one that we may be below. Raises CannotMeasure where there is none to run."""
    if not (ROOT / "Makefile").exists() or not process.find_program("make"):
        raise CannotMeasure("it takes a checkout, and make")
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
