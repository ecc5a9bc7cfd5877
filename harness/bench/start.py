# SPDX-License-Identifier: BSD-2-Clause
"""What one case takes from Enter to its verdict, in boots of kvm-unit-tests' debug.flat."""

import statistics
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from harness.bench.measure import CannotMeasure, alternate, judged, make_environment, ratio, unjudged
from harness.platform.qemu import QEMU
from harness.system.limits import Deadlines
from harness.system import process
from harness.system.places import ROOT
from harness.witness.debug_flat import SOURCE
from harness.witness.debug_flat import command as debug_flat_command

MOST = 4
CASE, MODE = "int3", "kernel64"
WHAT = f"one case ({CASE}@{MODE} detached), from Enter to its verdict"
DEADLINE = 60.0

# What TCG comes to in every version: it goes little further in QEMU 7.2, and in 10.0 not always. The rest takes no time
# to speak of.
LAST_LINE = b"Single-step #DB w/ MOVSS blocking"
WITHOUT_IT = unjudged(f"{WHAT}: say KUT=, a checkout of {SOURCE} with x86/debug.flat built")


def one_case(deadlines: Deadlines, platform: QEMU, program: Path) -> Iterator[str]:
    """A line on the command as users have it, make included."""
    command = ["make", "run", f"ACCEL={platform.facts['accel']}", f"QEMU={platform.program}"]
    command += [f"CASE={CASE}", f"MODE={MODE}", "DEBUGGER=detached"]
    debug_flat = debug_flat_command(platform, program)
    times, unit = alternate(lambda: _succeed(command), lambda: _boot(debug_flat, deadlines))
    value, details = ratio(times, unit)
    medians = f"{statistics.median(times):.2f} s, debug.flat {statistics.median(unit):.2f} s"
    yield judged(WHAT, value, "boots of debug.flat", MOST, f"{medians}; {details}")


def _succeed(command: list[str]) -> None:
    status, output = process.run(command, DEADLINE, cwd=ROOT, env=make_environment())
    if status != 0:
        raise CannotMeasure(f"{' '.join(command)}: it {'hangs' if status is None else 'fails'}: {output[-500:]}")


def _boot(command: list[str], deadlines: Deadlines) -> None:
    child = process.start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    timer = threading.Timer(deadlines(DEADLINE), process.stop, [child])
    timer.start()
    try:
        if not any(LAST_LINE in line for line in child.stdout):
            raise CannotMeasure(f"debug.flat does not come to '{LAST_LINE.decode()}'")
    finally:
        timer.cancel()
        process.stop(child)
        child.stdout.close()
