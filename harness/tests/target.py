# SPDX-License-Identifier: BSD-2-Clause
"""What those of make's targets share that are programs of the tests: how they are asked, and how they end."""

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from harness import command_line
from harness.settings import number
from harness.system import signals
from harness.system.errors import WrongQuestion

MOST_SEEDS = 1 << 32


def add_chance(parser: argparse.ArgumentParser, minutes: int) -> None:
    """The options of what goes on by chance, for so many minutes unless it is told."""
    parser.add_argument("--minutes", default=str(minutes))
    parser.add_argument("--seed", default=str(random.randrange(MOST_SEEDS)))


def chance(asked: argparse.Namespace) -> tuple[float, int]:
    """For how many minutes, and from which seed. Raises WrongQuestion."""
    minutes = number("MINUTES", asked.minutes, float, 0, 99_999)
    return minutes, int(number("SEED", asked.seed, int, 0, MOST_SEEDS))


@contextmanager
def told(summary: Callable[[], str]) -> Iterator[None]:
    """Says at the end what has been done, also where a signal asks for the end: so far."""
    try:
        with signals.hearing():
            yield
    except KeyboardInterrupt:
        print(f"trapline: {summary()} so far", flush=True)
        raise
    print(f"trapline: {summary()}", flush=True)


def status_of(answer: Callable[[], int]) -> int:
    """The exit status of a program: a wrong question is a line and 2, a signal that asks for its end 128 and more."""
    try:
        return answer()
    except (WrongQuestion, KeyboardInterrupt) as error:
        return command_line.end(error)


def end_with(main: Callable[[], int]) -> NoReturn:
    """Ends this process with the exit status of its program, which hears signals that ask for that."""
    signals.listen()
    sys.exit(main())
