# SPDX-License-Identifier: BSD-2-Clause
"""Each case can be refuted: excused.txt lists which single-field changes of its required log a known bug would excuse.

That is on any platform. A bug excuses exactly what it makes of a log (test_exact.py), so every other change is a
difference everywhere. What an entry of bugs/ adds to the list is to be what the entry is about.
"""

from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from harness.catalogue.debugger_modes import doing, takes_part
from harness.catalogue.image import read_images
from harness.catalogue.required import VENDORS, RequiredLogs
from harness.judging.bugs import Bug, Sighting, matches
from harness.judging.explain import explained
from harness.judging.result import Judgement, Result, Verdict
from harness.system.places import CASES
from harness.tests.known_bugs import BUGS

# What they share is made once.
pytestmark = pytest.mark.xdist_group("excused")

LIST = Path(__file__).with_name("excused.txt")
HEADER = f"""# SPDX-License-Identifier: BSD-2-Clause
# The case, the field of a line of its required log in some mode, what it may be instead, and the bug that excuses it:
# written by python3 -m harness.tests.catalogue.{Path(__file__).stem}.
"""

NUMBER = "12345678"  # where a bug leaves it open

# What is another thing each time, so that any difference is known (test_exact.py).
ANYTHING = Verdict.DIFFERS.value
# Even where no gdb has a part in it: an NMI that comes with whichever VM exit is next.
WHATEVER_IS_NEXT = {"xen-svm-nmi-if"}


class Change(NamedTuple):
    """One field of a log, which is another."""

    line: int
    event: str
    place: int
    required: str
    seen: str

    def __str__(self) -> str:
        words = f"{self.required} -> {self.seen}"
        return words if self.place == 0 else f"{self.event} {words}"


class Asked(NamedTuple):
    """A case in a mode, as it is required of a vendor."""

    case: str
    vendor: str
    log: list[str]

    @property
    def name(self) -> str:
        return self.case.partition("@")[0]

    @property
    def mode(self) -> str:
        return self.case.partition("@")[2]


@cache
def asked() -> list[Asked]:
    required = RequiredLogs(CASES)
    cases = [case for image in read_images() for case in image.cases]
    logs = [Asked(case, vendor, required.lines(case, vendor)) for case in cases for vendor in VENDORS]
    return [each for each in logs if each.log is not None]


@cache
def bugs() -> list[tuple[Bug, Sighting]]:
    found = [(bug, sighting) for bug in BUGS for sighting in bug.seen]
    return [(bug, sighting) for bug, sighting in found if sighting.basis == "observed"]


@cache
def named(name: str) -> list[tuple[Bug, Sighting]]:
    """The bugs that name a case."""
    return [(bug, sighting) for bug, sighting in bugs() if matches(name, sighting.where["case"])]


@cache
def of(name: str, mode: str, vendor: str) -> list[tuple[Bug, Sighting]]:
    """The bugs that may show in a case, on some platform."""
    facts = {"case": name, "mode": mode, "vendor": vendor}
    return [(bug, sighting) for bug, sighting in named(name) if sighting.may_show(facts)]


def made_of(log: list[str], mode: str, *sightings: Sighting) -> list[str]:
    """The guest's log where these bugs show together."""
    logs: tuple[list[str], list[str]] = (list(log), [])
    for sighting in sightings:
        logs = sighting.rewritten(logs, mode)
    return logs[0]


def single(log: list[str], seen: list[str]) -> Change | None:
    """The one field that is another; None where it is none, or more than a field."""
    if len(log) != len(seen):
        return None
    odd = [(number, one.split(), other.split()) for number, (one, other) in enumerate(zip(log, seen)) if one != other]
    if len(odd) != 1 or len(odd[0][1]) != len(odd[0][2]):
        return None
    number, one, other = odd[0]
    fields = [place for place in range(len(one)) if one[place] != other[place]]
    return Change(number, one[0], fields[0], one[fields[0]], other[fields[0]]) if len(fields) == 1 else None


@cache
def looks() -> list[tuple[Asked, dict[tuple[str, int], tuple[Sighting, list[str]]]]]:
    """Each case, and the logs that each bug makes of its own, which are others."""
    found = []
    for each in asked():
        logs = {}
        for number, (bug, sighting) in enumerate(of(each.name, each.mode, each.vendor)):
            if sighting.rewrites and (seen := made_of(each.log, each.mode, sighting)) != each.log:
                logs[bug.name, number] = sighting, seen
        found.append((each, logs))
    return found


def excused() -> dict[str, set[tuple[str, str]]]:
    """The changes that a bug excuses, by the cases' names."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for each, logs in looks():
        for (bug, _), (_, seen) in logs.items():
            if change := single(each.log, seen):
                found[each.name].add((str(change), bug))
    return found


def as_text(changes: dict[str, set[tuple[str, str]]]) -> str:
    lines = [f"{case}: {change} ({bug})\n" for case in sorted(changes) for change, bug in sorted(changes[case])]
    return HEADER + "".join(lines)


def test_what_is_excused_is_listed():
    kept, now = set(LIST.read_text(encoding="ascii").splitlines()), set(as_text(excused()).splitlines())
    assert (sorted(now - kept), sorted(kept - now)) == ([], []), f"{LIST.name} says how to write it anew"


def test_the_judge_excuses_what_is_listed_and_not_what_is_beside_it():
    tried = set()
    for each, logs in looks():
        for (bug, _), (sighting, seen) in logs.items():
            change = single(each.log, seen)
            if change and (each.name, bug, change) not in tried:
                tried.add((each.name, bug, change))
                seen = [line.replace("*", NUMBER) for line in seen]
                assert judged(each, bug, sighting, seen) is Verdict.KNOWN, (each.case, change)
                for number in {0, change.line}:
                    other = [*seen[:number], f"{seen[number]} more=1", *seen[number + 1 :]]
                    assert judged(each, bug, sighting, other) is Verdict.DIFFERS, (each.case, change)


def judged(each: Asked, name: str, sighting: Sighting, seen: list[str]) -> Verdict:
    """The verdict on this log, with the bug alone, wherever it shows."""
    result = Result(each.case, "somewhere", "detached", Judgement(Verdict.DIFFERS), complete=True)
    result = replace(result, required=each.log, seen=seen, vendor=each.vendor)
    return explained(result, {}, [Bug(name, name, [], [replace(sighting, where={})])]).verdict


def test_each_case_claims_something_that_no_bug_leaves_open():
    """A claim is a word of the log; it is open where a bug takes any other for it."""
    for each, logs in looks():
        claims = {(number, word) for number, line in enumerate(each.log) for word in line.split() if word != "note"}
        changes = [change for _, seen in logs.values() if (change := single(each.log, seen))]
        opened = {(change.line, change.required) for change in changes if "*" in change.seen}
        assert claims - opened, f"{each.case} ({each.vendor}): no log would refute it"


def test_no_bug_excuses_all_of_a_case_wherever_it_runs():
    """One that is known by any difference goes by debugger modes, and detached is none of them."""
    for each in asked():
        detached = {"debugger": "detached", "gdb": str(doing("detached"))}
        assert takes_part("detached", each.case)
        for bug, sighting in of(each.name, each.mode, each.vendor):
            excuses_all = sighting.verdict == ANYTHING and sighting.may_show(detached)
            assert not excuses_all or bug.name in WHATEVER_IS_NEXT, (each.case, bug.name)


def test_two_bugs_excuse_no_field_that_none_of_them_is_about():
    """Together they may make each change that one of them makes, and undo none of it to something new."""
    for each, logs in looks():
        alone = {change for _, seen in logs.values() if (change := single(each.log, seen))}
        for (one, _), (other, _) in combinations(logs.values(), 2):
            if one.where.get("accel") == other.where.get("accel"):
                change = single(each.log, made_of(each.log, each.mode, one, other))
                assert change is None or change in alone, (each.case, change, one.where, other.where)


if __name__ == "__main__":
    LIST.write_text(as_text(excused()), encoding="ascii")
