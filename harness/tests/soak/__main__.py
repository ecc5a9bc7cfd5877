# SPDX-License-Identifier: BSD-2-Clause
"""What `make soak` does: runs by chance whose QEMUs are killed, stopped and held up, each beside one undisturbed.

No result may be lost, double or false: a fault costs the case that was running, and no other.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from harness.catalogue.image import read_images
from harness.system import process
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT, shown
from harness.system.printable import printable
from harness.tests.soak.check import faults_of
from harness.tests.soak.draw import Draw, Fault, draw
from harness.tests.soak.faults import load, qemus_of, strike
from harness.tests.target import add_chance, chance, end_with, status_of, told

LOOK = 0.01  # seconds between two looks for a QEMU
LONGEST = 900  # seconds of a run, all of whose own deadlines are shorter
SHOWN = 3  # of what is wrong with a run
MOST_SAID = 500  # characters


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    add_chance(parser, 30)
    asked = parser.parse_args()
    return status_of(lambda: _answer(asked))


def _answer(asked: argparse.Namespace) -> int:
    minutes, seed = chance(asked)
    if not sys.platform.startswith("linux"):
        raise WrongQuestion("make soak disturbs QEMUs by /proc, which Linux alone has")
    everything = [case for image in read_images() for case in image.cases]
    return _soak(seed, everything, minutes)


def _soak(seed: int, everything: list[str], minutes: float) -> int:
    """Runs, one at least, until it is time; the exit status."""
    runs = results = cost = failed = 0
    struck: Counter[str] = Counter()

    def summary() -> str:
        faults = ", ".join(f"{count} {kind}" for kind, count in sorted(struck.items())) or "none"
        return f"{runs} runs, {results} results, faults: {faults}; they cost {cost} results; {failed} runs failed"

    with told(summary):
        print(f"trapline: soaking for {minutes:g} min from SEED={seed}", flush=True)
        until = time.monotonic() + 60 * minutes
        while not runs or time.monotonic() < until:
            drawn = draw(seed, everything)
            wrong, its_cost, hit = _disturb(drawn)
            runs, results, cost = runs + 1, results + len(drawn.asked), cost + its_cost
            struck += Counter(hit)
            if wrong:
                failed += 1
                words = "; ".join(wrong[:SHOWN]) + (f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else "")
                print(f"trapline: SEED={seed} fails: {printable(words)}: again by MINUTES=0 SEED={seed}", flush=True)
            seed += 1
    return 1 if failed else 0


def _disturb(drawn: Draw) -> tuple[list[str], int, list[str]]:
    """A run and its like, undisturbed: what is wrong, how many results the faults cost, and which struck."""
    began = time.monotonic()
    calm = Run(drawn)
    if calm.wrong:
        return [f"undisturbed, {calm.wrong}"], 0, []
    lost, _ = faults_of(calm.results, calm.results, drawn.asked, [])
    disturbed = Run(drawn, drawn.faults, time.monotonic() - began)
    if disturbed.wrong:
        return [*lost, disturbed.wrong], 0, disturbed.struck
    found, cost = faults_of(disturbed.results, calm.results, drawn.asked, disturbed.struck)
    wrong = lost + found
    folders = {(ROOT / result["run"]).parent for result in [*calm.results, *disturbed.results]}
    if wrong:
        wrong[0] += f" (in {', '.join(shown(folder) for folder in sorted(folders))})"
    else:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
    return wrong, cost, disturbed.struck


class Run:
    """A run of the harness, through: its `results`, which faults have `struck`, and what is `wrong` if it gave none."""

    def __init__(self, drawn: Draw, faults: tuple[Fault, ...] = (), takes: float = 0) -> None:
        """`takes` is how long it takes undisturbed, in seconds."""
        self.results: list[dict] = []
        self.struck: list[str] = []
        self._met: set[int] = set()
        with tempfile.TemporaryDirectory() as directory, load(any(fault.kind == "load" for fault in faults)):
            path, said = Path(directory, "results.json"), Path(directory, "said")
            command = [sys.executable, "-m", "harness", "run", "--accel=tcg", "--keep=all", "--table=none"]
            command += [f"--json={path}", f"--case={','.join(drawn.cases)}", f"--debugger={','.join(drawn.debuggers)}"]
            with said.open("wb") as file:
                run = process.start(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
            try:
                self._strike_all(run, faults, takes)
                run.wait(LONGEST)
                self.wrong = ""
            except subprocess.TimeoutExpired:
                self.wrong = f"it does not end within {LONGEST} s"
            finally:
                process.stop(run)
            if not self.wrong and run.returncode not in (0, 1):
                words = said.read_text(encoding="utf-8", errors="replace")[-MOST_SAID:].strip()
                self.wrong = f"it ends with {run.returncode}: {words}"
            if not self.wrong and self._met & set(qemus_of("*")):
                self.wrong = "it leaves a QEMU"
            if not self.wrong:
                self.results = json.loads(path.read_text(encoding="utf-8"))

    def _strike_all(self, run: process.Child, faults: tuple[Fault, ...], takes: float) -> None:
        """Does each fault in its time, to one of the QEMUs that there are then, or to the next."""
        began = time.monotonic()
        for fault in faults:
            if fault.kind == "load":  # from the beginning on
                self.struck.append(fault.kind)
                continue
            while run.poll() is None:
                if time.monotonic() - began >= fault.when * takes and (qemus := qemus_of(run.pid)):
                    chosen = qemus[int(fault.seconds * 1000) % len(qemus)]
                    self._met.add(chosen)
                    if strike(fault, chosen):
                        self.struck.append(fault.kind)
                    break
                time.sleep(LOOK)


if __name__ == "__main__":
    end_with(main)
