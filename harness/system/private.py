# SPDX-License-Identifier: BSD-2-Clause
"""Private folders for what commands need meanwhile: those whose command was killed go with the next command.

A folder is locked by its command. One without a lock, as of an older Trapline, is left alone.
"""

import os
import shutil
import tempfile
from pathlib import Path

from harness.system import locks

PREFIX = "trapline-"
LOCK = "lock"


def make_folder(parent: str) -> str:
    """Removes what killed commands have left in `parent`, and makes a folder there that this command holds."""
    _remove_abandoned(parent)
    folder = tempfile.mkdtemp(prefix=PREFIX, dir=parent)
    unborn = Path(folder, "unlocked")  # nobody sees the lock before it is held
    try:
        unborn.touch()
        locks.lock(unborn)
        unborn.rename(unborn.with_name(LOCK))
    except OSError:  # there are file systems without locks
        pass
    return folder


def _remove_abandoned(parent: str) -> None:
    try:
        with os.scandir(parent) as entries:
            found = [Path(entry) for entry in entries if entry.name.startswith(PREFIX) and _is_our_folder(entry)]
    except OSError:
        return
    for path in found:
        try:
            with locks.locked(path / LOCK):
                shutil.rmtree(path, ignore_errors=True)
        except OSError:  # somebody uses it, or it is none
            continue


def _is_our_folder(entry: os.DirEntry) -> bool:
    """Whether it is a folder, and this user's."""
    try:
        return entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
    except OSError:
        return False
