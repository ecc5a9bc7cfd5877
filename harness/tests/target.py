# SPDX-License-Identifier: BSD-2-Clause
"""What those of make's targets share that are programs of the tests: how they are asked, and how they end."""

import argparse
import random
import sys
from collections.abc import Callable

from harness.settings import number
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


def status_of(answer: Callable[[], int]) -> int:
    """The exit status of a program: a wrong question is a line and 2."""
    try:
        return answer()
    except WrongQuestion as error:
        print(f"trapline: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("trapline: stopped", file=sys.stderr)
        return 130
