# SPDX-License-Identifier: BSD-2-Clause
"""Locks on files and folders, which end with the process that has them, however it ends. POSIX alone has these."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def lock(path: Path, shared: bool = False) -> int:
    """Locks what is at a path, and is no link; the descriptor that has the lock, which no child inherits.

    Raises BlockingIOError where another process has it (a shared lock waits for that), FileNotFoundError where it is
    gone by now, and other OSErrors where it cannot be locked.
    """
    import fcntl  # not there on Windows

    held = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(held, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(held), os.stat(path, follow_symlinks=False)):
            raise FileNotFoundError
    except BaseException:
        os.close(held)
        raise
    return held


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Has the lock meanwhile. Raises what lock() does."""
    held = lock(path)
    try:
        yield
    finally:
        os.close(held)
