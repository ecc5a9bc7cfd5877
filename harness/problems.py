# SPDX-License-Identifier: BSD-2-Clause
"""What is to be said about results beside their verdicts, each thing once: for a terminal, a page and a summary."""

from dataclasses import dataclass, field

from harness.required import GUEST, STEPS
from harness.verdict import Result, Verdict


@dataclass
class Problems:
    """`remarks` as (platform, case's name, words); `known` results by bug, the others by what is to be said of them."""

    remarks: list[tuple[str, str, str]] = field(default_factory=list)
    known: list[list[Result]] = field(default_factory=list)
    others: list[list[Result]] = field(default_factory=list)


def find_problems(results: list[Result]) -> Problems:
    """All that is not simply `pass`, with the results of which the same is to be said together."""
    known: dict[tuple, list[Result]] = {}
    by_case: dict[tuple, list[Result]] = {}
    for result in results:
        if result.verdict is Verdict.KNOWN:
            known.setdefault((result.platform, result.bug, result.reason), []).append(result)
        elif result.verdict is not Verdict.PASS:
            by_case.setdefault((result.case, *_what(result)), []).append(result)
    alike: dict[tuple, list[Result]] = {}
    for group in by_case.values():
        debuggers = tuple(result.debugger for result in group)
        alike.setdefault((debuggers, *_what(group[0])), []).extend(group)
    told = dict.fromkeys((result.platform, result.name, words) for result in results for words in result.remarks)
    return Problems(list(told), list(known.values()), list(alike.values()))


def _what(result: Result) -> tuple:
    """What is said about a result, beside its case and debugger mode; logs count where they are shown."""
    shown: tuple = ()
    if result.verdict is Verdict.DIFFERS:
        logs = (result.required, result.seen, result.debugger_required, result.debugger_seen)
        shown = tuple(tuple(log or ()) for log in logs)
    elif result.verdict is Verdict.UNUSABLE:
        shown = tuple(logs_without_required(result))
    return result.platform, result.verdict, result.bug, result.reason, shown


def logs_without_required(result: Result) -> list[str]:
    """What was seen, in the form of a required log, where there is none."""
    lines: list[str] = []
    if result.seen and result.required is None:
        lines += [f"{GUEST} {result.case}", *result.seen, f"end {result.case}"]
    if result.seen and result.debugger_required is None:
        word = STEPS if result.debugger == "step" else GUEST
        lines += [f"{word} {result.case}", *result.debugger_seen, f"end {result.case}"]
    return lines


def names(alike: list[Result]) -> tuple[str, str, str]:
    """The cases, the platform and the debugger modes of results of which the same is to be said."""
    cases = ", ".join(dict.fromkeys(result.case for result in alike))
    return cases, alike[0].platform, ", ".join(dict.fromkeys(result.debugger for result in alike))
