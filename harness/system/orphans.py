# SPDX-License-Identifier: BSD-2-Clause
"""What the children of this command leave behind outside of their groups, as a daemon that a wrapper starts.

Linux makes such processes children of this one, if that is asked for, so that they end with the command. Elsewhere, and
where this process is killed, they are left alone.
"""

import functools
import os
import signal
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h

LONGEST = 2.0  # seconds; what is being killed takes no longer, nor does what that has started
PAUSE = 0.01


@functools.cache
def adopt() -> bool:
    """Has this process become the parent of what its children leave behind; whether it could."""
    if sys.platform != "linux":
        return False
    import ctypes  # takes its time

    return ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


def end() -> None:
    """Ends all children, for a process that has no other use for any, and is about to end."""
    until = time.monotonic() + LONGEST
    while adopt.cache_info().currsize and time.monotonic() < until and (found := _children()):
        for number in found:
            try:
                os.kill(number, signal.SIGKILL)
                os.waitpid(number, os.WNOHANG)
            except (ProcessLookupError, ChildProcessError, PermissionError):
                pass
        time.sleep(PAUSE)


def in_group(number: int) -> bool:
    """Whether a process runs in the group whose leader has or had this number; False where the system does not tell."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # proc(5): the state, the parent and the group, after the name, which may have anything in it.
            state, _, group = path.read_text(encoding="ascii", errors="replace").rpartition(") ")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if group == str(number) and state not in "ZX":
            return True
    return False


def _children() -> list[int]:
    """The children of this process: proc(5), /proc/PID/task/TID/children; none where the kernel does not tell."""
    found: list[int] = []
    for path in Path("/proc/self/task").glob("*/children"):
        try:
            found += map(int, path.read_text(encoding="ascii").split())
        except OSError:  # a thread that has ended
            continue
    return found
