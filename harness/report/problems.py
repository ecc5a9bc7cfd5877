# SPDX-License-Identifier: BSD-2-Clause
"""What is to be said about results beside their verdicts, each thing once: for a terminal, a page and a summary."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.catalogue.debugger_modes import MODES
from harness.catalogue.log_file import GUEST, STEPS
from harness.judging.compare import align
from harness.judging.result import GRAVITY, Result, Verdict

MOST_NAMES = 4  # of cases that are named where the same is to be said of more

# Words of a line that follow from the mode in which a case runs.
OF_THE_MODE = ("cs=", "stack=")


@dataclass
class Problems:
    """What is not simply `pass`.

    `remarks` as (platform, case's name, words); `known` are the bugs, those that show in most results first; `others`
    the results that are neither, by what is to be said of them, the gravest first.
    """

    remarks: list[tuple[str, str, str]] = field(default_factory=list)
    known: list["KnownBug"] = field(default_factory=list)
    others: list[list[Result]] = field(default_factory=list)


@dataclass
class KnownBug:
    """A known bug as it was met on one platform, alone or with others: the name and title of its file, and where."""

    platform: str
    name: str
    title: str
    results: list[Result] = field(default_factory=list)


def find_problems(results: list[Result]) -> Problems:
    """All that is not simply `pass`, with the results of which the same is to be said together."""
    known: dict[tuple[str, str], KnownBug] = {}
    alike: dict[tuple, list[Result]] = {}
    for result in results:
        if result.verdict is Verdict.KNOWN:
            for bug in result.judgement.bugs:
                met = known.setdefault((result.platform, bug.name), KnownBug(result.platform, bug.name, bug.title))
                met.results.append(result)
        elif result.verdict is not Verdict.PASS:
            alike.setdefault(_what(result), []).append(result)
    others = sorted(alike.values(), key=lambda group: (GRAVITY.index(group[0].verdict), -len(group)))
    told = dict.fromkeys(
        (result.platform, result.name, words) for result in results for words in result.judgement.remarks
    )
    return Problems(list(told), sorted(known.values(), key=lambda bug: -len(bug.results)), others)


def _what(result: Result) -> tuple:
    """What is said about a result, beside its case, mode and debugger mode; logs count as far as they differ.

    The circumstances of an ending, where each CPU was and after what, are each result's own.
    """
    shown: tuple = ()
    if result.verdict is Verdict.DIFFERS:
        beside, debugger_beside = result.beside
        shown = (_deviations(beside, result.seen), _deviations(debugger_beside, result.debugger_seen))
    elif result.verdict is Verdict.UNUSABLE:
        shown = tuple(logs_without_required(result))
    return result.platform, result.verdict, result.judgement.bugs, result.judgement.cause, shown


def _deviations(required: list[str] | None, seen: list[str]) -> tuple:
    """The words in which two logs differ, which are the same in all modes of a case that deviate alike."""
    if required is None:
        return ()
    return tuple(
        tuple(
            tuple(word for word, odd in row.words(side) if (odd or other is None) and not word.startswith(OF_THE_MODE))
            for side, other in (("required", row.seen), ("seen", row.required))
        )
        for row in align(required, seen)
        if not row.same
    )


def logs_without_required(result: Result) -> list[str]:
    """What was seen, in the form of a required log, where there is none."""
    lines: list[str] = []
    if result.seen and result.required is None:
        lines += [f"{GUEST} {result.case}", *result.seen, f"end {result.case}"]
    if result.seen and result.debugger_required is None:
        word = STEPS if result.debugger == "step" else GUEST
        lines += [f"{word} {result.case}", *result.debugger_seen, f"end {result.case}"]
    return lines


def with_modes(cases: Iterable[str]) -> list[str]:
    """Cases (NAME@MODE) with all modes of a name together: NAME@MODE,MODE."""
    modes: dict[str, list[str]] = {}
    for case in dict.fromkeys(cases):
        name, _, mode = case.partition("@")
        modes.setdefault(name, []).append(mode)
    return [f"{name}@{','.join(its)}" if any(its) else name for name, its in modes.items()]


def names(alike: list[Result]) -> tuple[str, str, str]:
    """The cases, the platform and the debugger modes of results of which the same is to be said."""
    cases = with_modes(result.case for result in alike)
    if len(cases) > MOST_NAMES + 1:
        cases = [*cases[:MOST_NAMES], f"{len(cases) - MOST_NAMES} more cases"]
    return ", ".join(cases), alike[0].platform, debuggers(result.debugger for result in alike)


def debuggers(modes: Iterable[str]) -> str:
    """The debugger modes, in their order, or that it is all of them; few cases have a script."""
    met = set(modes)
    if met >= set(MODES) - {"script"}:
        return "in all debugger modes"
    return ", ".join([*(mode for mode in MODES if mode in met), *sorted(met - set(MODES))])
