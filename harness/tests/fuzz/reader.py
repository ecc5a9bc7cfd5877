# SPDX-License-Identifier: BSD-2-Clause
"""A reader of what others wrote, what is put to it, and what has to hold: it reads, or refuses in one line, in time."""

import pkgutil
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.strategies import SearchStrategy

from harness.system.errors import LONGEST, WrongQuestion
from harness.system.places import BUILD

# Seconds: of this process's own, whatever else the machine does, and of any, which is for what waits for ever. What
# takes longest here takes one.
PATIENCE, LONGEST_WAIT = 10.0, 300.0
TIMERS = (("SIGVTALRM", "ITIMER_VIRTUAL", PATIENCE), ("SIGALRM", "ITIMER_REAL", LONGEST_WAIT))

set_hypothesis_home_dir(str(BUILD / "hypothesis"))  # its table of characters, which else lies where it is started


@dataclass(frozen=True)
class Reader:
    """`read` is given one of the values, and an empty folder of its own.

    `found` are values that it has failed on once. `few` is how many others `make test` tries.
    """

    values: SearchStrategy[Any]
    read: Callable[[Any, Path], None]
    found: tuple[Any, ...] = ()
    few: int = 25


class TakesTooLong(BaseException):
    """A reader takes too long. No Exception, for a reader may catch all of those."""


@dataclass(frozen=True)
class Find:
    """A value, as small as it could be made, that a reader has failed on, and how."""

    value: Any
    error: BaseException


def named(name: str) -> Reader:
    """The reader in readers/NAME.py."""
    return pkgutil.resolve_name(f"harness.tests.fuzz.readers.{name}:READER")


def check(reader: Reader, value: Any) -> None:
    """Raises whatever the reader must not, and AssertionError for a refusal that is none."""
    folder = Path(tempfile.mkdtemp(prefix="trapline-fuzz-"))
    try:
        with _in_time():
            reader.read(value, folder)
    except WrongQuestion as refusal:
        words = str(refusal)
        assert words and words.isprintable() and len(words) <= LONGEST, f"no line for people: {words!r:.2000}"
    finally:
        shutil.rmtree(folder)


def search(reader: Reader, examples: int, number: int | None = None) -> Find | None:
    """The first find among so many values: by the seed `number`, or else the same each time."""
    last: Any = None

    @settings(
        max_examples=examples,
        derandomize=number is None,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,  # what is found is said by whoever asks
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(reader.values)
    def holds(value: Any) -> None:
        nonlocal last
        last = value
        check(reader, value)

    try:
        (holds if number is None else seed(number)(holds))()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever it is, that is the find; hypothesis has tried the smallest value last
        return Find(last, error)
    return None


@contextmanager
def _in_time() -> Iterator[None]:
    """Raises TakesTooLong after that time, where this system and thread can be told of it."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {name: signal.signal(getattr(signal, name), _give_up) for name, *_ in TIMERS}
    for _, timer, seconds in TIMERS:
        signal.setitimer(getattr(signal, timer), seconds)
    try:
        yield
    finally:
        for name, timer, _ in TIMERS:
            signal.setitimer(getattr(signal, timer), 0)
            signal.signal(getattr(signal, name), before[name])


def _give_up(*_: Any) -> None:
    raise TakesTooLong("it takes too long")
