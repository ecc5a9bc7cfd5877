# SPDX-License-Identifier: BSD-2-Clause
"""The verb upstream: which known bugs are still there, and the report of one for the tracker of whoever has it."""

import sys
from collections import Counter

from rich.text import Text

from harness.catalogue.image import read_images
from harness.hunt.specimen import Specimens
from harness.hunt.standing import Newest, Standing, is_a_bug, program_of, reports_of, standing_of
from harness.hunt.upstream import write_folder, write_up
from harness.judging.affected import PROGRAMS
from harness.judging.bugs import Bug, read_bugs
from harness.report import terminal
from harness.settings import Settings
from harness.system.places import ROOT, shown
from harness.verbs.common import find_bug


def upstream(settings: Settings, name: str) -> int:
    """Prints the report of a bug, and says where it lies with what belongs to it; or without a name, the list."""
    if not name:
        _list(read_bugs(ROOT / "bugs"))
        return 0
    bug = find_bug(name)
    specimens = Specimens(read_bugs(ROOT / "bugs"), read_images())
    specimen = specimens.of(bug)
    text = write_up(specimen, specimens)
    folder = write_folder(specimen, text, settings.deadlines)
    sys.stdout.write(text)
    sys.stdout.flush()
    state = standing_of(bug, specimens.newest)
    if state is not Standing.OPEN:
        newest = f"{PROGRAMS[specimen.program]} {specimens.newest.versions[specimen.program]}"
        words = f"the newest version that bugs/ speaks of is {newest}, and {name} is {state.value}: try that first"
        print(f"trapline: {words}", file=sys.stderr)
    print(f"trapline: {shown(folder)} has this, and what to attach", file=sys.stderr)
    return 0


def _list(bugs: list[Bug]) -> None:
    """The open bugs, with where they were reported, and how many others there are."""
    console = terminal.make_console()
    newest = Newest.of(bugs)
    states = {bug.name: standing_of(bug, newest) for bug in bugs}
    versions = ", ".join(f"{PROGRAMS[key]} {version}" for key, version in newest.versions.items())
    console.print(Text(f"open in the newest version that bugs/ speaks of ({versions}):"))
    width = max(len(bug.name) for bug in bugs)
    for bug in bugs:
        if states[bug.name] is Standing.OPEN:
            program = next(program_of(sighting) for sighting in bug.seen if is_a_bug(sighting))
            reports = reports_of(bug)
            words = f"{'reported' if reports else 'not sent'}  {': '.join([bug.title, *reports[:1]])}"
            console.print(Text(f"  {bug.name:{width}}  {PROGRAMS[program]:5}  {words}"))
    others = Counter(state.value for state in states.values() if state is not Standing.OPEN)
    console.print(Text(f"others: {', '.join(f'{count} {words}' for words, count in others.items())}"))
