# SPDX-License-Identifier: BSD-2-Clause
"""Files that are there whole or not at all, whatever keeps a command from writing them to their end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what takes the place of `path` at the end, and goes without a trace where that is not reached.

    A pipe, a device, a link, and what lies in a folder of others, is that itself. What the system refuses meanwhile is
    about `path`, unless it names something else.
    """
    own = path.is_file() and not path.is_symlink() or not os.path.lexists(path)
    beside = path.with_name(f"{os.getpid()}-{path.name}") if own and os.access(path.parent, os.W_OK) else path
    try:
        yield beside
        if beside != path:
            beside.replace(path)
    except OSError as error:
        named = error.filename2 or error.filename
        if named is None or Path(named) == beside:
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        if beside != path:
            beside.unlink(missing_ok=True)


def write_whole(path: Path, text: str, **options: str) -> None:
    """Path.write_text(), whole or not at all; with its options."""
    with whole(path) as beside:
        beside.write_text(text, **options)
