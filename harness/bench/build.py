# SPDX-License-Identifier: BSD-2-Clause
"""What building from nothing takes: until the first line, and by the clock beside the processors' own time."""

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from harness.bench.measure import WIDTH, CannotMeasure, judged, make_environment
from harness.system import process
from harness.system.places import ROOT

NO_SOURCES = shutil.ignore_patterns("build", ".git", "__pycache__")
DEADLINE = 600.0
TICK = 0.01  # seconds; what takes less has taken none, by the system's books
MOST_SILENCE = 1
MOST_OF_CPU = 0.75  # what is built one after the other takes all of its processor time, or more


def build() -> Iterator[str]:
    """Lines on `make all` in a copy of the sources."""
    make_environment()
    with tempfile.TemporaryDirectory() as directory:
        sources = shutil.copytree(ROOT, Path(directory) / "sources", ignore=NO_SOURCES)
        first, took, cpu = _time(["make", "all"], sources)
    words = f"{took:.1f} s, {cpu:.1f} s of processors"
    if first is None:
        yield f"{'missed':<{WIDTH}}the build's first line: it has none ({words})"
    else:
        yield judged("the build's first line", first, "s", MOST_SILENCE)
    if (os.cpu_count() or 1) > 1:
        yield judged("the build, by the clock", took / cpu, "of its processor time", MOST_OF_CPU, words)


def _time(command: list[str], directory: Path) -> tuple[float | None, float, float]:
    """Seconds to the first line that the command prints (None: it prints none), to its end, and of processors."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    before, began = os.times(), time.perf_counter()
    child = process.start(command, cwd=directory, env=make_environment(), **options)
    timer = threading.Timer(DEADLINE, process.stop, [child])
    timer.start()
    try:
        words = child.stdout.readline()
        first = time.perf_counter() - began
        rest = child.stdout.read()
        status = child.wait()
        took = time.perf_counter() - began
    finally:
        timer.cancel()
        process.stop(child)
        child.stdout.close()
    after = os.times()  # a child counts there when it has been reaped
    if status != 0:
        raise CannotMeasure(
            f"make all fails in a copy of the sources: {(words + rest).decode(errors='replace')[-500:]}"
        )
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return first if words else None, took, max(cpu, TICK)
