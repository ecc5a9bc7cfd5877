# SPDX-License-Identifier: BSD-2-Clause
"""The tables of docs/findings.md: what bugs/ knows of each hypervisor, by version. The rest of that page is prose.

`python3 -m harness.tests.site.test_findings` writes them anew; a test holds them to this.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from harness.hunt.standing import Newest, Standing, reports_of, standing_of
from harness.judging.affected import PROGRAMS
from harness.judging.bugs import Bug
from harness.report.forms import prose
from harness.site.lines import LINES, Line, InVersion, Track, tracks

# What stands around them.
BEGIN = "<!-- From bugs/, by python3 -m harness.tests.site.test_findings: what is written here by hand is lost. -->"
END = "<!-- The rest is written by hand. -->"

MARKS = {InVersion.PRESENT: "yes", InVersion.ABSENT: "no", InVersion.PREDICTED: "predicted", InVersion.UNTOLD: ""}


def with_tables(text: str, bugs: list[Bug]) -> str:
    """The page with its tables as they are to be; the rest of `text` as it is."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, "docs/findings.md has lost the lines between which its tables stand"
    return f"{before}{BEGIN}\n\n{tables(bugs)}\n{END}{after}"


def tables(bugs: list[Bug]) -> str:
    """What there is by hypervisor; then, for each, its bugs by version; and what is nobody's bug."""
    found = {bug.name: tracks(bug) for bug in bugs}
    parts = [*_overview(bugs, found)]
    for line in LINES:
        mine = [(bug, track) for bug in bugs for track in found[bug.name] if track.line is line]
        parts += ["", f"### {line.title}", "", *_of_a_line(line, mine)]
    others = [bug for bug in bugs if not found[bug.name]]
    parts += ["", "### No bug of a hypervisor's", ""]
    parts += [
        "What a CPU, or a model of one, does not have; what an emulated CPU does to whoever runs on it; and what a",
        "program does whose part a case plays.",
        "",
    ]
    parts += _table(["what", "file in bugs/"], [[_text(bug.title), _file(bug)] for bug in others])
    return "\n".join([*parts, ""])


def _overview(bugs: list[Bug], found: dict[str, list[Track]]) -> list[str]:
    """A column for each hypervisor."""
    newest = Newest.of(bugs)
    reported = {bug.name for bug in bugs if reports_of(bug)}
    still = {bug.name for bug in bugs if standing_of(bug, newest) is Standing.OPEN}
    rows: dict[str, list[str]] = {
        "versions": [f"{PROGRAMS[line.program]} {', '.join(line.versions)}" for line in LINES]
    }
    on = [[(name, track) for name, its in found.items() for track in its if track.line is line] for line in LINES]
    counts = {
        "known bugs, seen": lambda name, track: track.seen,
        "in the newest of these": lambda name, track: track.states[-1] is InVersion.PRESENT,
        "of those, not reported": lambda name, track: track.states[-1] is InVersion.PRESENT and name not in reported,
        "of those, without a gdb": lambda name, track: track.states[-1] is InVersion.PRESENT
        and "a gdb" not in track.takes,
        "predicted from source, never seen": lambda name, track: not track.seen,
    }
    for words, counted in counts.items():
        rows[words] = [str(sum(counted(*each) for each in mine)) for mine in on]
    head = ["", *(line.title for line in LINES)]
    total = f"{len(bugs)} files, of which {len(still)} are of bugs in the newest version that any file speaks of."
    return [*_table(head, [[words, *cells] for words, cells in rows.items()]), "", total]


def _of_a_line(line: Line, mine: list[tuple[Bug, Track]]) -> list[str]:
    """A row for each bug, a column for each version."""
    program = PROGRAMS[line.program]
    first, *others = line.versions
    head = ["what", "file in bugs/", f"{program} {first}", *others, "takes", "reports"]
    rows = [
        [_text(bug.title), _file(bug), *(MARKS[state] for state in track.states), _text(track.takes), _reports(bug)]
        for bug, track in mine
    ]
    return _table(head, rows)


def _table(head: Iterable[str], rows: Iterable[list[str]]) -> list[str]:
    head = list(head)
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _text(words: str) -> str:
    return prose(words).replace("|", r"\|")


def _file(bug: Bug) -> str:
    return f"[`{bug.name}`](../bugs/{bug.name}.toml)"


def _reports(bug: Bug) -> str:
    return ", ".join(f"[{number(address)}]({address})" for address in reports_of(bug))


def number(address: str) -> str:
    """The report's number, which its address ends with; whose it is where it does not."""
    found = re.search(r"\b(\d+)/?$", address)
    return found.group(1) if found else urlsplit(address).netloc or address
