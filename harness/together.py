# SPDX-License-Identifier: BSD-2-Clause
"""The verb report: any number of runs, of any machines, in one table, page and summary."""

from pathlib import Path

from rich.text import Text

from harness import kept, report
from harness.bugs import read_bugs
from harness.markdown import summary
from harness.merge import merge
from harness.page import page
from harness.record import write_text
from harness.settings import ROOT


def report_runs(places: list[str], expected: str, html: str, markdown: str) -> int:
    """Merges the runs below these directories and shows them; the exit code is that of `run`.

    `expected` are platforms that must be among them; `html` and `markdown` name files to write, empty for none.
    """
    lines, results = merge(kept.read([Path(place) for place in places]), list(filter(None, expected.split(","))))
    for path, text in ((html, page), (markdown, summary)):
        if path:
            write_text(Path(path), text(lines, results))
    console = report.make_console()
    for line in lines:
        console.print(Text(line))
    console.print()
    report.print_table(console, results)
    report.print_by_platform(console, results, {bug.name: bug for bug in read_bugs(ROOT / "bugs")})
    if html:
        console.print(Text(f"the page: {html}"))
    return 0 if all(result.verdict.green for result in results) else 1
