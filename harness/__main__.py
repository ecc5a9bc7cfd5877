# SPDX-License-Identifier: BSD-2-Clause
"""python3 -m harness VERB: the command line, on a Python that has the modules it takes, if this one has not."""

import os
import signal
import sys

OWN = os.path.dirname(os.path.abspath(__file__))
DEPS = os.path.join(OWN, "deps.sh")
CHOSEN = "TRAPLINE_CHOSEN_PYTHON"  # in the environment of a Python that was chosen here, which is not to choose again
NO_ANSWER = 128 if sys.argv[1:2] == ["repro"] else 2  # see harness/command_line.py


def other_python() -> tuple[str, str]:
    """The Python that deps.sh finds; where there is none, why."""
    if CHOSEN in os.environ:
        return "", f"trapline: {os.environ[CHOSEN]} is another Python where it looks for modules"
    import subprocess  # takes its time, in which a Ctrl-C would still be answered with a traceback

    try:
        done = subprocess.run([DEPS, "find-python"], capture_output=True, text=True, check=False)
    except OSError:  # no shell
        return "", f"trapline: missing Python modules, which {os.path.basename(DEPS)} lists"
    return done.stdout.strip(), done.stderr.strip()


def go_on_elsewhere(lacking: str) -> None:
    """Becomes the same command on that Python; ends as with a wrong question where there is none."""
    python, reason = other_python()
    if python:
        os.execve(python, [python, "-m", "harness", *sys.argv[1:]], os.environ | {CHOSEN: python})
    print(f"{reason} ({sys.executable} has no module {lacking})", file=sys.stderr)
    sys.exit(NO_ANSWER)


def say_failure(error: Exception) -> None:
    """Says in a line what keeps the command line from being there at all."""
    try:
        from harness.system.faults import in_a_line

        words = in_a_line(error)
    except Exception:  # the same once more
        words = " ".join(f"{type(error).__name__}: {error}".split())
    print(f"trapline: {words}", file=sys.stderr)


if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # until somebody listens, without Python's words
    status = NO_ANSWER
    try:
        from harness.system.bytecode import keep_below_build

        keep_below_build()
        from harness.command_line import main

        status = main()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "harness":
            say_failure(error)
        else:
            go_on_elsewhere(error.name)
    except Exception as error:
        say_failure(error)
    sys.exit(status)
