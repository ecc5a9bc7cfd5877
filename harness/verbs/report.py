# SPDX-License-Identifier: BSD-2-Clause
"""The verb report: any number of runs, of any machines, in one table, page and summary."""

from pathlib import Path

from rich.text import Text

from harness.judging.bugs import read_bugs
from harness.knobs import listed
from harness.report import terminal
from harness.report.diff import held_against, not_in
from harness.report.for_scripts import annotations, summary_line
from harness.report.html import write_page
from harness.report.markdown import summary
from harness.report.page_baseline import against
from harness.report.tap import points
from harness.runs import read
from harness.runs.diff import diff
from harness.runs.merge import merge, read_run
from harness.runs.public import publish
from harness.runs.record import write_text
from harness.system.places import ROOT
from harness.system.printable import printable
from harness.verbs.common import must_differ


def report_runs(
    places: list[str],
    expected: str,
    html: str,
    markdown: str,
    summarized: str,
    tap: str,
    github: bool,
    public: str,
    baseline: str = "",
) -> int:
    """Merges the runs below these directories and shows them; the exit code is that of `run`.

    `expected` are platforms that must be among them; `html`, `markdown`, `summarized` (a line of JSON) and `tap` name
    files to write, `public` a folder or an archive for a copy that may be sent, empty for none; `github` is for
    annotations. `baseline` is an earlier run that decides, as for `run`, and empty for none.
    """
    written = {"html": html, "markdown": markdown, "summary": summarized, "tap": tap, "public": public}
    must_differ({f"--{name} ": file for name, file in (written | {"baseline": baseline}).items()})
    kept = read.read([Path(place) for place in places])
    lines, results = merge(kept, list(filter(None, listed(expected))))
    before = read_run(baseline)[1] if baseline else []
    found = diff(before, results) if baseline else None
    said = publish(kept, Path(public)) if public else []
    bugs = {bug.name: bug for bug in read_bugs(ROOT / "bugs")}
    if html:
        first = against(printable(Path(baseline).name), found) if found else None
        write_page(Path(html), lines, results, bugs, first=first)
    if markdown:
        write_text(Path(markdown), summary(lines, results))
    if summarized:
        write_text(Path(summarized), summary_line(results))
    if tap:
        write_text(Path(tap), points(results))
    console = terminal.make_console()
    for line in lines:
        console.print(Text(line))
    console.print()
    terminal.print_table(console, results)
    terminal.print_by_platform(console, results, bugs)
    if html:
        console.print(Text.assemble("the page: ", terminal.link(console, Path(html), html)))
    for line in [*said, *(annotations(results, found) if github else [])]:
        console.print(Text(line))
    passes = (
        held_against(console, baseline, found, not_in(before, results))
        if found
        else all(result.verdict.green for result in results)
    )
    return int(not passes)
