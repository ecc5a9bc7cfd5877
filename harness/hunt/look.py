# SPDX-License-Identifier: BSD-2-Clause
"""Whether one known bug is there, on one platform, whatever versions its file speaks of."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from harness.catalogue.image import Image
from harness.catalogue.required import RequiredLogs
from harness.judging.bugs import RANGES, Bug, BugsByCase, as_list, matches
from harness.judging.concerned import concerned
from harness.judging.explain import facts_of
from harness.judging.result import Result, Verdict
from harness.platform import Platform
from harness.runs.runner import Group, Runner
from harness.system.limits import Deadlines
from harness.system.places import CASES, ROOT

# Cases that are run for one sighting in one image: the others would say the same again.
ENOUGH = 3

# How often a bug that shows sometimes is looked for before it counts as absent.
TRIES = 8


class Presence(enum.Enum):
    """The answer; the values are what users read."""

    ABSENT = "absent"
    PRESENT = "present"
    UNKNOWN = "cannot be told"


@dataclass
class Finding:
    """What was seen of a bug on the platform called `platform`, and `why` in a line.

    `results` are those that it rests on, `others` what else was run for it.
    """

    bug: Bug
    platform: str
    presence: Presence
    why: str
    results: list[Result] = field(default_factory=list)
    others: list[Result] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.bug.name} {'' if self.presence is Presence.UNKNOWN else 'is '}{self.presence.value}"


@dataclass(frozen=True)
class Search:
    """Where bugs are looked for: on a platform, in the modes of DEBUGGER=`debugger`, by these images' cases."""

    platform: Platform
    debugger: str
    images: list[Image]
    jobs: int
    deadlines: Deadlines


def anywhere(bug: Bug) -> Bug:
    """The bug as it looks in any version: which ones have it is the question. What was never seen is left out."""
    sightings = [
        replace(sighting, where={key: value for key, value in sighting.where.items() if key not in RANGES})
        for sighting in bug.seen
        if sighting.basis == "observed"
    ]
    return replace(bug, seen=sightings)


def look_for(bug: Bug, search: Search) -> tuple[Finding, Runner]:
    """Runs just what the bug needs; the runner has the record of it."""
    wanted = anywhere(bug)
    runner = Runner(search.jobs, search.deadlines, BugsByCase(ROOT / "bugs", wanted))
    groups = list(_groups(wanted, search))
    for _ in range(TRIES if any(sighting.sometimes for sighting in wanted.seen) else 1):
        results = [result for group in groups for result in runner.run(group)]
        finding = conclude(bug, search.platform, results)
        if finding.presence is not Presence.ABSENT:
            break
    return finding, runner


def can_show(bug: Bug, search: Search) -> bool:
    """Whether anything would be run for the bug there: if not, no version of the hypervisor changes that."""
    return any(_groups(anywhere(bug), search))


def conclude(bug: Bug, platform: Platform, results: list[Result]) -> Finding:
    """What the results of the bug's cases say; they were judged with anywhere(bug)."""
    wanted = anywhere(bug)
    beside, seen, clean, other = [], [], [], []
    for result in results:
        answers = _is_answer(result)
        if (answers or result.vendor) and not _could_show(wanted, platform, result):
            beside.append(result)
        elif shows(result, bug):
            seen.append(result)
        else:
            (clean if answers else other).append(result)
    if seen:
        seen.sort(key=partial(_place_in_file, bug))
        words = f"{seen[0].case} {seen[0].debugger}: {look(seen[0])}"
        return Finding(bug, platform.name, Presence.PRESENT, words, seen, clean + other)
    if other:
        words = f"{other[0].case} {other[0].debugger} is {other[0].verdict.value}: {other[0].reason}"
        return Finding(bug, platform.name, Presence.UNKNOWN, words, other, clean)
    if clean:
        names = [f"{result.case} {result.debugger}" for result in clean]
        words = ", ".join(names[:ENOUGH]) + (f" and {len(names) - ENOUGH} more" if len(names) > ENOUGH else "")
        return Finding(bug, platform.name, Presence.ABSENT, f"asked of {words}", clean)
    if beside:
        words = f"{beside[0].case} {beside[0].debugger}: it would not show on such a CPU ({beside[0].vendor})"
        return Finding(bug, platform.name, Presence.UNKNOWN, words, beside)
    return Finding(bug, platform.name, Presence.UNKNOWN, "none of its cases can show it here")


def look(result: Result) -> str:
    """What a result looks like, in a line: why it is not as required, or the trap that a program died of."""
    traps = [line for line in result.seen if line.startswith("#")]
    symptom = result.plain.reason.rstrip(".") if result.plain else ""
    return symptom or f"it dies of {traps[-1] if traps else 'nothing'}"


def shows(result: Result, bug: Bug) -> bool:
    """Whether a result was found to be this bug, alone or with others."""
    return result.verdict is Verdict.KNOWN and bug.name in [each.name for each in result.judgement.bugs]


def _place_in_file(bug: Bug, result: Result) -> int:
    """How far down a bug's file speaks of the result's case: the first is the plainest."""
    patterns = [pattern for sighting in bug.seen for pattern in as_list(sighting.where["case"])]
    return next(place for place, pattern in enumerate(patterns) if matches(result.name, pattern))


def _is_answer(result: Result) -> bool:
    """Whether the case was run to its end, and was right or wrong for other reasons that are known."""
    asked = result.complete and not any(line.startswith("needs ") for line in result.seen)
    return asked and result.verdict in (Verdict.PASS, Verdict.KNOWN, Verdict.FIXED)


def _could_show(bug: Bug, platform: Platform, result: Result) -> bool:
    """Whether it asked for the bug: what is required hangs on the CPU's vendor, which the guest has said.

    What a CPU may lack, any CPU can be asked for; what only one vendor's is asked, only that.
    """
    if any(sighting.needs for sighting in bug.seen):
        return True
    if any(line.startswith("needs vendor=") for line in result.seen):
        return False
    facts = facts_of(result, platform.facts | {"vendor": result.vendor})
    return any(sighting.applies(facts) and sighting.concerns(result) for sighting in bug.seen)


def _groups(bug: Bug, search: Search) -> Iterator[Group]:
    """The least that can show it: for each sighting a few cases, in the first debugger mode that it speaks of."""
    required = RequiredLogs(CASES)
    facts = search.platform.facts
    asked = search.platform.debuggers if search.debugger == "all" else search.debugger.split(",")
    for image in search.images:
        chosen: dict[str, set[str]] = {}
        for sighting in bug.seen:
            for debugger in asked:
                shows = partial(concerned, sighting, facts, debugger, required, image)
                if cases := list(filter(shows, image.cases))[:ENOUGH]:
                    chosen.setdefault(debugger, set()).update(cases)
                    break
        for debugger, cases in chosen.items():
            yield Group(search.platform, debugger, image.narrowed(cases.__contains__))
