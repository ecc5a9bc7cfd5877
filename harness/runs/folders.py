# SPDX-License-Identifier: BSD-2-Clause
"""The folders that a command makes in build/runs: their names, and the lock by which others see that it is alive."""

import os
import re
import threading
import time
from pathlib import Path

from harness.system import locks, process
from harness.system.errors import WrongQuestion
from harness.system.places import BUILD

RUNS = BUILD / "runs"

# DATE-TIME-PID; of one command, those after the first have a number too.
NAME = re.compile(r"(\d{8}-\d{6}-\d+)(-\d+)?", re.ASCII)

MOST_TAKEN = 1000  # names, before it is given up to find one that is not

_lock = threading.Lock()
_next: dict[Path, tuple[str, int]] = {}  # this command's name in a folder of runs, and its next number there


def make_folder(runs: Path) -> Path:
    """A new folder below `runs`. The first is locked for as long as this process lives, and the lock is for all."""
    with _lock:
        stem, first = _next.get(runs, (f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}", 0))
        for number in range(first, first + MOST_TAKEN):
            path = runs / f"{stem}{f'-{number}' if number else ''}"
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                continue
            except OSError as error:
                raise WrongQuestion(f"{path} cannot be made: {error.strerror}") from None
            if runs in _next or _is_held(path):
                _next[runs] = stem, number + 1
                return path
    raise WrongQuestion(f"{runs} has no room for another run: empty it with 'make clean'")


def _is_held(path: Path) -> bool:
    """Locks a folder that was just made; False where another command has taken it for an old one."""
    if process.POSIX:
        try:
            locks.lock(path)
        except (BlockingIOError, FileNotFoundError):
            return False
        except OSError:  # a file system without locks, where nobody removes a run
            pass
    return True
