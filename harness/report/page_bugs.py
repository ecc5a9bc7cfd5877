# SPDX-License-Identifier: BSD-2-Clause
"""What a page tells of each known bug that shows in it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from harness.catalogue.debugger_modes import MODES
from harness.judging.affected import accelerator_of, affected
from harness.judging.bugs import Bug, as_list
from harness.judging.compare import Row, align
from harness.judging.result import Result
from harness.report.about_bug import absent, conditions, in_its_words, signs, story, ways_to_look

MOST_ROWS = 8  # of an example
MANY = 10**6

# The command that asks one case (NAME@MODE) of one platform in one debugger mode again; "" where none is known.
Command = Callable[[str, str, str], str]


@dataclass
class Seen:
    """Sightings in words: where, whether they were only predicted, what they look like; of which cases."""

    where: str
    predicted: bool
    absent: list[str]
    signs: list[str]
    cases: list[str]


@dataclass
class Chapter:
    """A bug: where it shows here, (platform, results, versions); its file's story; an example, with its command."""

    name: str
    title: str
    here: list[tuple[str, int, str]]
    story: str = ""
    reports: list[tuple[str, bool]] = field(default_factory=list)  # each with whether it is an address
    seen: list[Seen] = field(default_factory=list)
    look: list[str] = field(default_factory=list)
    example: Result | None = None
    command: str = ""
    rows: list[Row] = field(default_factory=list)
    left: int = 0


def chapters(results: list[Result], bugs: Mapping[str, Bug], command: Command) -> list[Chapter]:
    """One for each bug that a result is by, or comes near to, those that show in most results first."""
    found: dict[str, list[Result]] = {}
    titles: dict[str, str] = {}
    for result in results:
        for bug in result.judgement.bugs:
            found.setdefault(bug.name, []).append(result)
            titles.setdefault(bug.name, bug.title)
        for name in result.judgement.nearest.bugs if result.judgement.nearest else ():
            found.setdefault(name, [])
    ranked = sorted(found.items(), key=lambda each: -len(each[1]))
    return [_chapter(name, titles.get(name, ""), mine, bugs.get(name), command) for name, mine in ranked]


def _chapter(name: str, title: str, mine: list[Result], bug: Bug | None, command: Command) -> Chapter:
    counts = Counter(result.platform for result in mine)
    versions = {platform: affected(bug, accelerator_of(platform)) if bug else "" for platform in counts}
    chapter = Chapter(name, title, [(platform, count, versions[platform]) for platform, count in counts.items()])
    if mine:
        chapter.example = min(mine, key=_size)
        first = chapter.example
        chapter.command = command(first.platform, first.case, first.debugger)
        for beside, seen in zip(first.beside, (first.seen, first.debugger_seen)):
            if beside is not None and seen:
                chapter.rows += [row for row in align(beside, seen) if not row.same]
    if bug:
        chapter.title = bug.title
        chapter.story = " ".join(story(bug))
        chapter.reports = [(address, urlsplit(address).scheme in ("http", "https")) for address in bug.reports]
        chapter.seen = sightings_of(bug)
        chapter.look = ways_to_look(bug)
        if not chapter.rows:
            chapter.rows = in_its_words(bug.seen[0])
    chapter.left = max(0, len(chapter.rows) - MOST_ROWS)
    chapter.rows = chapter.rows[:MOST_ROWS]
    return chapter


def sightings_of(bug: Bug) -> list[Seen]:
    """The sightings, those together that differ in their cases alone."""
    found: dict[tuple, Seen] = {}
    for sighting in bug.seen:
        where = conditions(sighting.where) + (", not each time" if sighting.sometimes else "")
        seen = Seen(where, sighting.basis != "observed", absent(sighting), signs(sighting), [])
        seen = found.setdefault((seen.where, seen.predicted, *seen.absent, *seen.signs), seen)
        seen.cases += [case for case in as_list(sighting.where["case"]) if case not in seen.cases]
    return list(found.values())


def _size(result: Result) -> tuple[int, int, int]:
    """How much there is to read of it: by itself, without a debugger, in a short log."""
    mode = MODES.index(result.debugger) if result.debugger in MODES else len(MODES)
    return len(result.judgement.bugs), mode, len(result.seen) or MANY
