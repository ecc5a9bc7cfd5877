# SPDX-License-Identifier: BSD-2-Clause
"""What nobody foresaw, in one line: what the system refused, and how to mend that; else a fault of Trapline's own."""

import errno
import os
import shutil
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.system.places import BUILD, shown
from harness.system.printable import printable

LONGEST_SAID = 300  # characters of what an exception says

ROOM = "make room there"
FILES = "raise 'ulimit -n', or say JOBS=1"
MEMORY = "say JOBS=1, or raise 'ulimit -v'"
OWNER = "see whose it is, and what you may do there"
# What the system refuses whichever program asks, and how to mend it.
REFUSALS = {
    errno.ENOSPC: ROOM,
    errno.EDQUOT: ROOM,
    errno.EFBIG: "raise 'ulimit -f'",
    errno.EMFILE: FILES,
    errno.ENFILE: FILES,
    errno.ENOMEM: MEMORY,
    errno.EAGAIN: "raise 'ulimit -u', or say JOBS=1",
    errno.EROFS: "go to a checkout that you can write to",
    errno.EACCES: OWNER,
    errno.EPERM: OWNER,
    errno.EIO: "see what the kernel says of the disk",
}
GONE = "it was there: has a 'make clean' run meanwhile?"
CLEAN = "make room there, as 'make clean' does"

# As Python says them: a RuntimeError, and an OSError of tempfile's, which has tried them all.
NO_THREAD = "can't start new thread"
NO_TMPDIR = "No usable temporary directory"


@contextmanager
def about(name: str | Path) -> Iterator[None]:
    """Where the system refuses something without saying what it is about, as each write to an open file: it is this."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(name)
        raise


def check_room(folder: Path, least: int) -> None:
    """Raises OSError where so many bytes have no room: of a program that writes there, one may not hear of that."""
    usage = shutil.disk_usage(folder)
    if usage.free < least and usage.total:  # a file system without bounds says that it has nothing at all
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def in_a_line(error: BaseException) -> str:
    """What happened, and how to mend it. The traceback of a fault of Trapline's own is kept in a file."""
    if mended := _refused(error):
        return mended
    said = printable(str(error))[:LONGEST_SAID]
    words = f"a fault of Trapline's own: {type(error).__name__}{f': {said}' if said else ''}"
    lines = traceback.format_exception(error)
    try:
        descriptor, name = tempfile.mkstemp(prefix="trapline-fault-", suffix=".txt")
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(lines)
    except OSError:
        whole = "".join(lines).splitlines()
        return "\n".join([f"{words}: please report it, with this:", *map(printable, whole)])
    return f"{words}: please report it, with {name}"


def _refused(error: BaseException) -> str:
    """What the system refused and how to mend it; empty where it is no such thing."""
    if isinstance(error, MemoryError):
        error = OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
    elif isinstance(error, RuntimeError) and str(error) == NO_THREAD:
        error = OSError(errno.EAGAIN, "no new thread can be started")
    if not isinstance(error, OSError):
        return ""
    if NO_TMPDIR in str(error):
        return "no folder for temporary files can be written: set TMPDIR, and see 'ulimit -f'"
    name = error.filename2 or error.filename  # of a copy, what was to be written
    path = Path(name) if isinstance(name, str) else None
    mend = REFUSALS.get(error.errno or 0, "")
    if path and BUILD in path.parents:
        mend = {errno.ENOENT: GONE, errno.ENOSPC: CLEAN, errno.EDQUOT: CLEAN}.get(error.errno or 0, mend)
    what = f"{error.strerror}: " + (f"{shown(path)}: " if path else "")
    return f"{what[0].lower()}{what[1:]}{mend}" if mend else ""
