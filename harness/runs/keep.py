# SPDX-License-Identifier: BSD-2-Clause
"""What stays in build/runs: the last runs, those before that are not green, and all that is not a run of ours.

A run is what one command left, in one folder or several (folders.py).
"""

import os
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from harness.judging.result import Verdict
from harness.runs.folders import NAME
from harness.runs.read import VERDICTS
from harness.system import files, locks, process
from harness.system.errors import WrongQuestion
from harness.system.places import shown

# For each run that is kept whatever came of it, so many of those before that are not green.
TIMES_RED = 5

# Seconds after which nobody writes to a run any more, where there are no locks to tell.
IDLE = 24 * 60 * 60

# What a command leaves in its folder: folders of VMs, images, and bundles for reports.
VM_FOLDER = re.compile(r".+-\d+", re.ASCII)
BUNDLE = ".tar.gz"
FILES = (".elf", BUNDLE)

# As write_json() writes it. No string has that in it, for quotes within strings are escaped.
NOT_GREEN = re.compile(
    rb'"verdict": "(?!(?:%s)")' % b"|".join(verdict.value.encode() for verdict in Verdict if verdict.green)
)
COMPLETE = b"]\n"


def make_room(runs: Path, keep: int | None) -> list[str]:
    """Removes old runs, so that with the one that is about to begin `keep` are left, and those that are not green.

    None keeps all. Returns what there is to say: a line for what was removed, and one for what cannot be.
    """
    if keep is None:
        return []
    real = Path(os.path.realpath(runs))  # which may lie on another disk
    try:
        with locks.locked(real) if process.POSIX else nullcontext():
            removed, size, stuck = _remove(_superfluous(real, keep))
    except (FileNotFoundError, BlockingIOError):  # there are none, or another command is about it or wants them all
        return []
    except OSError as error:
        return [f"earlier runs stay: {shown(runs)} cannot be locked and looked through: {error.strerror}"]
    said = []
    if removed:
        words = f"removed {_count(removed)} ({size / 1e6:.1f} MB) from {shown(runs)}"
        said.append(f"{words}: KEEP={keep} says how many stay")
    if stuck:
        said.append(f"{_count(len(stuck))} cannot be removed: {shown(stuck[0].filename)}: {stuck[0].strerror}")
    return said


def hold_all(runs: Path) -> int | None:
    """Keeps all commands from removing runs, for as long as this process has the descriptor that it gets."""
    if not process.POSIX:
        return None
    try:
        runs.mkdir(parents=True, exist_ok=True)
        return locks.lock(Path(os.path.realpath(runs)), shared=True)
    except OSError:  # then there is none that could be removed
        return None


def _remove(superfluous: Iterator[list[Path]]) -> tuple[int, int, list[OSError]]:
    """How many runs were removed, of how many bytes, and why others could not be, each with its folder."""
    removed, size = 0, 0
    stuck: list[OSError] = []
    for folders in superfluous:
        try:
            if any(map(_in_use, folders)):
                continue
            sizes = list(map(_size, folders))
            for folder in folders:
                shutil.rmtree(folder)
        except OSError as error:
            error.filename = folders[0]
            stuck.append(error)
        else:
            removed, size = removed + 1, size + sum(sizes)
    return removed, size, stuck


def _superfluous(runs: Path, keep: int) -> Iterator[list[Path]]:
    """The folders of each run that is not to stay, from the latest to the first."""
    commands = _commands(runs)
    red = 0
    for name in sorted(commands, reverse=True)[keep - 1 :]:
        folders = commands[name]
        try:
            if not all(map(_is_ours, folders)):
                continue
            is_green = all(map(_is_green, folders))
        except OSError:  # of what cannot be looked into, rmtree() says why
            is_green = True
        red += not is_green
        if is_green or red > TIMES_RED * keep:
            yield folders


def _commands(runs: Path) -> dict[str, list[Path]]:
    """The folders that have names of ours, by their command's."""
    found = defaultdict(list)
    with os.scandir(runs) as entries:
        for entry in entries:
            if (name := NAME.fullmatch(entry.name)) and entry.is_dir(follow_symlinks=False):
                found[name[1]].append(Path(entry))
    return found


def _is_ours(folder: Path) -> bool:
    """Whether there is nothing in it but what a run leaves."""
    with os.scandir(folder) as entries:
        return all(
            (
                VM_FOLDER.fullmatch(entry.name)
                if entry.is_dir(follow_symlinks=False)
                else entry.is_file(follow_symlinks=False) and entry.name.endswith(FILES)
            )
            for entry in entries
        )


def _is_green(folder: Path) -> bool:
    """Whether all its VMs gave verdicts, all green, and there is no bundle that waits to be sent."""
    with os.scandir(folder) as entries:
        return all(
            _has_green_verdicts(Path(entry)) if entry.is_dir() else not entry.name.endswith(BUNDLE) for entry in entries
        )


def _has_green_verdicts(folder: Path) -> bool:
    try:
        text = files.read_bytes(folder / VERDICTS, files.LARGEST_JSON)
    except WrongQuestion:
        return False
    return text.endswith(COMPLETE) and not NOT_GREEN.search(text)


def _in_use(folder: Path) -> bool:
    """Whether a command may still write to it. Raises OSError where that cannot be known."""
    if not process.POSIX:
        return any(time.time() - each.lstat().st_mtime < IDLE for each in [folder, *folder.rglob("*")])
    try:
        with locks.locked(folder):
            return False
    except BlockingIOError:
        return True


def _size(folder: Path) -> int:
    return sum(Path(place, name).lstat().st_size for place, _, names in os.walk(folder) for name in names)


def _count(runs: int) -> str:
    return f"{runs} earlier run{'' if runs == 1 else 's'}"
