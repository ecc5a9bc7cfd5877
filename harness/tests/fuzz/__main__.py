# SPDX-License-Identifier: BSD-2-Clause
"""What `make fuzz` does: random values to each reader in turn, for minutes or hours; what one fails on is kept."""

import argparse
import fnmatch
import importlib.util
import time
import traceback

from harness.system import signals
from harness.system.errors import WrongQuestion
from harness.system.places import BUILD, shown
from harness.tests.fuzz.names import ABSENT, NAMES
from harness.tests.target import add_chance, chance, end_with, status_of, told

ROUND = 200  # values to a reader, before the next one has its turn; their seed is the round's
KEPT = BUILD / "fuzz"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--k", default="*")
    add_chance(parser, 5)
    asked = parser.parse_args()
    return status_of(lambda: _answer(asked))


def _answer(asked: argparse.Namespace) -> int:
    minutes, seed = chance(asked)
    names = fnmatch.filter(NAMES, asked.k)
    if not names:
        raise WrongQuestion(f"K={asked.k}: there is no such reader: choose from {', '.join(NAMES)}")
    if importlib.util.find_spec("hypothesis") is None:
        raise WrongQuestion(ABSENT)
    return _fuzz_all(names, seed, minutes)


def _fuzz_all(names: list[str], seed: int, minutes: float) -> int:
    """Rounds of all readers that have not failed yet; the exit status."""
    tried, failed = 0, set()
    with told(lambda: f"{tried} values, {', '.join(sorted(failed)) or 'nothing'} failed"):
        print(f"trapline: fuzzing {', '.join(names)} for {minutes:g} min from SEED={seed}", flush=True)
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until and failed != set(names):
            for name in names:
                if name not in failed and time.monotonic() < until:
                    failed |= set() if stands(name, seed) else {name}
                    tried += ROUND
                    signals.check_asked()
            seed += 1
    return 1 if failed else 0


def stands(name: str, seed: int) -> bool:
    """Whether a reader stands a round. What it does not is kept, and said."""
    from harness.tests.fuzz import reader  # there may be no hypothesis

    find = reader.search(reader.named(name), ROUND, seed)
    if find is None:
        return True
    how = "".join(traceback.format_exception(find.error))
    kept = KEPT / f"{name}-{seed}.txt"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(f"{find.value!r}\n\n{how}", encoding="utf-8", errors="backslashreplace")
    print(
        f"{how}trapline: {name} fails: {find.error!r:.200}: again by K={name} SEED={seed}; its input: {shown(kept)}",
        flush=True,
    )
    return False


if __name__ == "__main__":
    end_with(main)
