# SPDX-License-Identifier: BSD-2-Clause
"""How far a command is: one line that changes on a terminal, elsewhere a plain line now and then."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Column

from harness.report.terminal import make_progress_console
from harness.runs.estimate import in_words

# Seconds until the first plain line, and at most between two; each wait is twice as long as the one before.
FIRST, LONGEST = 10.0, 60.0
SETTLED = 0.1  # of the work; what has been done until then says little about the rest


class Meter:
    """What is done of `total`, what is left, and about how long that takes; `expected` seconds for all of it.

    Threads may tell it what they do.
    """

    def __init__(self, total: int, expected: float) -> None:
        self._total = total
        self._expected = expected
        self._done = 0
        self._now = ""
        self._lock = threading.Lock()
        self._began = self._said = time.monotonic()
        self._every = FIRST
        self._console = make_progress_console()
        self._live = self._console.is_terminal and not self._console.is_dumb_terminal
        self._bar = Progress(
            TextColumn("{task.description}", table_column=Column(no_wrap=True)),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[now]}", style="dim", table_column=Column(no_wrap=True, overflow="ellipsis")),
            console=self._console,
            transient=True,
        )
        self._task = self._bar.add_task("", total=total, now="")

    def __enter__(self) -> "Meter":
        if self._live:
            self._show()
            try:
                self._bar.start()
            except BaseException:  # a signal, after the cursor has been hidden
                self._hide()
                raise
        return self

    def __exit__(self, *_) -> None:
        self._hide()

    def begun(self, what: str) -> None:
        """Takes one more that is being done."""
        with self._lock:
            self._now = what
            self._done = min(self._done + 1, self._total)
            self._tell()

    def done(self, count: int) -> None:
        """Takes how many are really done: what began may have to begin again, or was not to begin at all."""
        with self._lock:
            self._done = max(self._done, count)
            self._tell()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Takes the line away while something else is printed."""
        self._hide()
        try:
            yield
        finally:
            if self._live:
                self._bar.start()

    def __str__(self) -> str:
        return f"{self._done} of {self._total} done, about {in_words(self._left())} left"

    def _left(self) -> float:
        """Seconds for the rest, by what has been done; by what was expected as long as that is little."""
        spent = time.monotonic() - self._began
        if self._done >= self._total:
            return 0.0
        if self._done < SETTLED * self._total:
            return max(0.0, self._expected - spent)
        return spent / self._done * (self._total - self._done)

    def _hide(self) -> None:
        if self._live:
            try:
                self._bar.stop()
            except BaseException:  # a signal, before the cursor is there again
                self._console.show_cursor()
                raise

    def _tell(self) -> None:
        if self._live:
            self._show()
        elif time.monotonic() - self._said >= self._every:
            self._said, self._every = time.monotonic(), min(2 * self._every, LONGEST)
            self._console.print(f"{self}: {self._now}", soft_wrap=True, highlight=False, markup=False)

    def _show(self) -> None:
        self._bar.update(self._task, completed=self._done, description=str(self), now=self._now)
