# SPDX-License-Identifier: BSD-2-Clause
"""Starts the harness where Trapline was unpacked: `run`, or another verb that comes first, with its options.

Without any, `run` leaves an archive beside this file, to send to whoever asked for it.

Python modules that are not there are fetched from PyPI, into build/python here and nowhere else.
"""

import importlib.util
import os
import runpy
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
OWN = HERE / "build" / "python"
OWN_PYTHON = OWN / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)


def missing() -> list:
    """The packages of requirements.txt whose modules this Python has not."""
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    packages = [line.partition("  # import ") for line in lines if line and not line.startswith("#")]
    return [package for package, _, module in packages if importlib.util.find_spec(module) is None]


def inside() -> bool:
    """Whether this is the Python below build/."""
    return OWN.exists() and os.path.samefile(sys.prefix, OWN)


def must(command: list, packages: list) -> None:
    """Runs the command; where it fails, ends with 2."""
    if subprocess.call(command, stdout=sys.stderr) != 0:
        fail(packages)


def fail(packages: list) -> None:
    print(f"trapline: cannot; install {' '.join(packages)} for a Python of yours", file=sys.stderr)
    sys.exit(2)


def fetch(packages: list) -> None:
    """Installs these packages for the Python that this is, the one below build/."""
    print(f"trapline: fetching {' '.join(packages)} from PyPI into {OWN}", file=sys.stderr)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    must([*pip, *packages], packages)
    importlib.invalidate_caches()
    if missing():
        fail(missing())


def start(command: list) -> int:
    """Goes on as this command."""
    if os.name == "posix":
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # which the child has too, and ends in good order
            pass


def main() -> int:
    if sys.version_info < OLDEST:
        wanted, found = (".".join(map(str, version[:2])) for version in (OLDEST, sys.version_info))
        print(f"trapline: wants Python {wanted} or newer, this is {found}", file=sys.stderr)
        return 2
    lacking = missing()
    if lacking and not inside():
        if not OWN_PYTHON.exists():
            must([sys.executable, "-m", "venv", "--system-site-packages", str(OWN)], lacking)
        return start([str(OWN_PYTHON), __file__, *sys.argv[1:]])
    if lacking:
        fetch(lacking)
    if len(sys.argv) == 1:
        sys.argv += ["run", "--public", str(HERE / time.strftime("trapline-%Y%m%d-%H%M%S.tar.gz"))]
    elif sys.argv[1].startswith("-") and sys.argv[1] not in ("--version", "--help", "-h"):
        sys.argv.insert(1, "run")
    sys.path.insert(0, str(HERE))
    runpy.run_module("harness", run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
