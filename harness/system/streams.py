# SPDX-License-Identifier: BSD-2-Clause
"""Standard output and standard error, whatever they are: closed, full, or with nobody who reads."""

import os
import sys
from typing import Any

from harness.system.faults import about

STREAMS = {"stdout": "standard output", "stderr": "standard error"}


class NamedStream:
    """A text stream that is named in what the system says where it cannot be written."""

    def __init__(self, stream: Any, name: str) -> None:
        self._stream = stream
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with about(self._name):
            return self._stream.write(text)

    def flush(self) -> None:
        with about(self._name):
            self._stream.flush()


def prepare() -> None:
    """Makes both fit for all that is to be printed.

    What is closed goes nowhere: print() would write to standard output what is for standard error, and the next file
    that is opened would have the number of either.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    for attribute, name in STREAMS.items():
        stream = getattr(sys, attribute) or open(os.devnull, "w", encoding="utf-8")
        stream.reconfigure(errors="backslashreplace")  # a path may have letters that a console's code page has not
        setattr(sys, attribute, NamedStream(stream, name))


def unread(error: BaseException) -> bool:
    """Whether it is that nobody reads what is printed."""
    return isinstance(error, BrokenPipeError) and error.filename in STREAMS.values()


def finish() -> None:
    """Writes what is still to be written. What cannot be goes nowhere, for Python complains of it when it ends."""
    for attribute in STREAMS:
        stream = getattr(sys, attribute)
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
