# SPDX-License-Identifier: BSD-2-Clause
"""What `make matrix` does: the guest by each compiler, however it optimises, writes the same logs, byte for byte.

A build with UBSan traps where the guest's C has no meaning; such a trap is named by its line.
"""

import argparse
import fnmatch
import os
import shutil
import subprocess
from pathlib import Path

from harness.system.errors import WrongQuestion
from harness.system.places import BUILD, ROOT
from harness.system.printable import printable
from harness.tests.matrix.logs import Logs, boot, difference, undefined_behaviour
from harness.tests.target import end_with, status_of, told

# Address 0 is memory like any other here, and a trap's frame lies wherever a case has its stack. With more
# optimisation, traps of several lines become one.
UNDEFINED = "-O1 -fsanitize=undefined -fno-sanitize=null,alignment"
# Clang's LTO has no place here: it makes one module of all files' assembly, in which each body would set its symbols
# anew.
BUILDS = {
    "gcc-O0": ("gcc", "-O0"),
    "gcc-Os": ("gcc", "-Os"),
    "gcc-O3": ("gcc", "-O3"),
    "gcc-lto": ("gcc", "-flto -fno-toplevel-reorder"),  # cases stay in order
    "gcc-ubsan": ("gcc", f"{UNDEFINED} -fsanitize-undefined-trap-on-error"),  # by the name that GCC 12 knows, too
    "clang-O0": ("clang", "-O0"),
    "clang-O2": ("clang", "-O2"),
    "clang-Os": ("clang", "-Os"),
    "clang-O3": ("clang", "-O3"),
    "clang-ubsan": ("clang", f"{UNDEFINED} -fsanitize-trap=undefined"),
}
LONGEST_BUILD = 900  # seconds


def main() -> int:
    parser = argparse.ArgumentParser(prog="make matrix", description=__doc__)
    parser.add_argument("--k", default="*")
    asked = parser.parse_args()
    return status_of(lambda: _try_all(asked.k))


def _try_all(pattern: str) -> int:
    names = fnmatch.filter(BUILDS, pattern)
    if not names:
        raise WrongQuestion(f"K={pattern}: there is no such build: choose from {', '.join(BUILDS)}")
    ordinary = boot(BUILD, BUILD / "matrix" / "logs")
    failed: list[str] = []
    with told(lambda: f"{', '.join(failed) or 'no build'} differs from that in build/"):
        for name in names:
            compiler, flags = BUILDS[name]
            if shutil.which(compiler) is None:
                print(f"trapline: {name}: not tried: there is no {compiler}", flush=True)
                continue
            words = _fault_of(name, compiler, flags, ordinary)
            print(f"trapline: {name}: {printable(words) or 'the same logs'}", flush=True)
            failed += [name] if words else []
    return 1 if failed else 0


def _fault_of(name: str, compiler: str, flags: str, ordinary: Logs) -> str:
    """What is wrong with the guest that this compiler makes with these flags; empty for nothing."""
    folder = BUILD / "matrix" / name
    if words := _build(folder, compiler, flags):
        return f"cannot be built: {words}"
    logs = boot(folder, folder / "logs")
    return undefined_behaviour(folder, logs) or difference(logs, ordinary)


def _build(folder: Path, compiler: str, flags: str) -> str:
    """Builds both images into a folder; why that failed, if so."""
    below = folder.relative_to(ROOT)
    variables = [f"BUILD={below}", f"CC={compiler}", f"OPT={flags}"]
    command = ["make", *variables, *(f"{below}/guest{width}.elf" for width in (32, 64))]
    # A make of its own, not one below the make that runs this.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST_BUILD)
    errors = [line for line in done.stderr.splitlines() if "error" in line or "undefined" in line]
    return (errors or done.stderr.splitlines() or ["make says nothing"])[0] if done.returncode else ""


if __name__ == "__main__":
    end_with(main)
