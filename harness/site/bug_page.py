# SPDX-License-Identifier: BSD-2-Clause
"""What the page of a known bug tells: its story, the versions that have it, the smallest that shows it, its reports."""

import itertools
import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.hunt.specimen import Specimen, Specimens
from harness.hunt.standing import Standing, is_a_bug, reports_of, standing_of
from harness.hunt.upstream import command_line, gdb_line
from harness.judging.bugs import Bug
from harness.judging.compare import Row, align, excerpt
from harness.report.about_bug import in_its_words, story, ways_to_look
from harness.report.page_bugs import Seen, sightings_of
from harness.site.lines import Track, tracks
from harness.system.errors import WrongQuestion

MOST_ROWS = 40  # of one log

STANDINGS = {
    Standing.OPEN: "It is in the newest version that was tried.",
    Standing.ABSENT: "It was looked for in the newest version, and is not there.",
    Standing.UNKNOWN: "It was not seen in the newest version.",
    Standing.PREDICTED: "It was read in source, and nobody has seen it.",
    Standing.NO_BUG: "It is no bug of a hypervisor's.",
}


@dataclass(frozen=True)
class Example:
    """The one case that shows a bug best: where, the command lines, and both logs beside each other, by observer."""

    case: str
    where: str
    commands: list[str]
    logs: list[tuple[str, list[Row]]]
    others: list[str]  # bugs that show there too

    @property
    def name(self) -> str:
        return self.case.partition("@")[0]


@dataclass(frozen=True)
class BugPage:
    bug: Bug
    story: list[str]  # paragraphs
    standing: str
    reports: list[tuple[str, bool]]  # each with whether it is an address
    sent: list[str]  # of the addresses, those that are no commits
    tracks: list[Track]
    seen: list[Seen]
    example: Example | None
    words: list[Row]  # where there is no example: the words required, and those seen instead
    look: list[str]
    cases: list[str]  # in which it shows


def bug_page(bug: Bug, specimens: Specimens, cases: list[str]) -> BugPage:
    """The page's matter; `cases` are those in which the bug shows."""
    example = _example(bug, specimens)
    reports = [(address, urlsplit(address).scheme in ("http", "https")) for address in bug.reports]
    return BugPage(
        bug,
        _paragraphs(story(bug)),
        STANDINGS[standing_of(bug, specimens.newest)],
        reports,
        [address for address, is_address in reports if is_address and address in reports_of(bug)],
        tracks(bug),
        sightings_of(bug),
        example,
        [] if example else list(itertools.chain.from_iterable(map(in_its_words, bug.seen[:1]))),
        ways_to_look(bug) + ([f"make upstream BUG={bug.name}"] if any(map(is_a_bug, bug.seen)) else []),
        cases,
    )


def _paragraphs(lines: list[str]) -> list[str]:
    return [" ".join(group) for filled, group in itertools.groupby(lines, key=bool) if filled]


def _example(bug: Bug, specimens: Specimens) -> Example | None:
    try:
        specimen = specimens.of(bug)
    except WrongQuestion:  # no case can be one
        return None
    result = specimen.foretold
    pairs = [("the guest's log", result.required, result.seen)]
    if specimen.debugger != "detached":
        pairs.append(("gdb's log", result.debugger_required, result.debugger_seen))
    logs = [(observer, excerpt(align(required or [], seen))[:MOST_ROWS]) for observer, required, seen in pairs]
    return Example(
        specimen.case,
        _where(specimen),
        [shlex.join(command_line(specimen)), *([gdb_line()] if specimen.debugger != "detached" else [])],
        [(observer, rows) for observer, rows in logs if rows],
        [other.name for other in specimen.others],
    )


def _where(specimen: Specimen) -> str:
    facts = specimen.facts
    words = [facts["accel"], facts["cpu"] and f"CPU model {facts['cpu']}", specimen.debugger]
    return ", ".join(filter(None, words))
