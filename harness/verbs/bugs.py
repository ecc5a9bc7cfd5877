# SPDX-License-Identifier: BSD-2-Clause
"""The verb bugs: the bugs' files held against everything at hand."""

from rich.text import Text

from harness.catalogue.image import read_images, select
from harness.hunt.every_platform import Cell, Check, check_all, held, platforms_at_hand, print_checks, results_of
from harness.hunt.look import Search
from harness.judging.bugs import read_bugs
from harness.platform import Platform
from harness.report import terminal
from harness.report.html import write_page
from harness.runs.record import write_json
from harness.settings import Settings
from harness.system.places import PAGE, ROOT, shown
from harness.verbs.common import find_bug, make_room, must_differ, writable


def bugs(settings: Settings, names: list[str]) -> int:
    """Holds the bugs' files against all that is at hand, and leaves a page; 1 if one is wrong or all is unknown."""
    console = terminal.make_console()
    must_differ({"JSON=": settings.json, "the page ": shown(PAGE)})
    json_path = writable(settings.json)
    images = select(read_images(), settings.case, settings.mode)
    chosen = [find_bug(name) for name in dict.fromkeys(names)] if names else read_bugs(ROOT / "bugs")
    make_room(console, settings)
    checks: list[Check] = []
    with terminal.make_progress_console().status("looking") as status:
        for platform in platforms_at_hand(settings.target, chosen):
            terminal.print_platforms(console, [platform])
            if isinstance(platform, Platform):
                search = Search(platform, settings.debugger, images, settings.jobs, settings.deadlines)
                for check in check_all(chosen, search):
                    checks.append(check)
                    status.update(f"{platform.name}: {check.bug.name}")
    console.print()
    print_checks(console, checks)
    counts = {cell: sum(check.cell is cell for check in checks) for cell in Cell}
    said = ", ".join(f"{count} {cell.value}" for cell, count in counts.items() if count)
    console.print(Text(said or "nothing was looked for: nothing that is asked for can be had, and shows a bug"))
    if json_path:
        write_json(json_path, [check.as_json() for check in checks])
    lines, results = results_of(checks)
    if results:
        every = {bug.name: bug for bug in read_bugs(ROOT / "bugs")}
        write_page(PAGE, lines, results, every, first=held(checks))
        console.print(Text(f"each of these, with both logs: {shown(PAGE)}"))
    told = [check for check in checks if check.cell is not Cell.UNKNOWN]
    return 0 if told and not any(check.cell.wrong for check in told) else 1
