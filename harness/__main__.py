# SPDX-License-Identifier: BSD-2-Clause
"""python3 -m harness VERB: the command line, on a Python that has the modules it takes, if this one has not."""

import os
import subprocess
import sys
from pathlib import Path

DEPS = Path(__file__).with_name("deps.sh")
BYTECODE = DEPS.parent.parent / "build" / "__pycache__"
CHOSEN = "TRAPLINE_CHOSEN_PYTHON"  # in the environment of a Python that was chosen here, which is not to choose again


def other_python() -> tuple[str, str]:
    """The Python that deps.sh finds; where there is none, why."""
    if CHOSEN in os.environ:
        return "", f"trapline: {os.environ[CHOSEN]} is another Python where it looks for modules"
    try:
        done = subprocess.run([DEPS, "find-python"], capture_output=True, text=True, check=False)
    except OSError:  # no shell
        return "", f"trapline: missing Python modules, which {DEPS.name} lists"
    return done.stdout.strip(), done.stderr.strip()


def go_on_elsewhere(lacking: str) -> None:
    """Becomes the same command on that Python; ends as with a wrong question where there is none."""
    python, reason = other_python()
    if python:
        os.execve(python, [python, "-m", "harness", *sys.argv[1:]], os.environ | {CHOSEN: python})
    print(f"{reason} ({sys.executable} has no module {lacking})", file=sys.stderr)
    sys.exit(128 if sys.argv[1:2] == ["repro"] else 2)  # see harness/command_line.py


if __name__ == "__main__":
    if sys.dont_write_bytecode:  # whoever says so wants none beside the sources
        sys.dont_write_bytecode, sys.pycache_prefix = False, str(BYTECODE)
    try:
        from harness.command_line import main

        status = main()
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] == "harness":
            raise
        go_on_elsewhere(error.name)
    sys.exit(status)
