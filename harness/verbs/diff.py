# SPDX-License-Identifier: BSD-2-Clause
"""The verb diff: two runs, result by result; exit status 1 if something got worse."""

import os
from pathlib import Path

from rich.text import Text

from harness.report import terminal
from harness.report.diff import print_pairs, print_run, tally
from harness.runs.diff import Course, diff
from harness.runs.merge import read_run
from harness.runs.record import json_text, write_text
from harness.system.errors import WrongQuestion
from harness.system.printable import printable

STANDARD_OUTPUT = "-"


def diff_runs(before: str, after: str, json: str) -> int:
    """Prints what became of each result from one run to the other; each is a folder, or a file of JSON=.

    `json` names a file for the same as JSON, - for standard output, which then has nothing else; empty for none.
    """
    if json and os.path.realpath(json) in map(os.path.realpath, (before, after)):
        raise WrongQuestion(f"--json {json}: is one of the runs: name another file")
    runs = {f"{name}: {printable(place)}": read_run(place) for name, place in (("before", before), ("after", after))}
    found = diff(*(results for _, results in runs.values()))
    if json == STANDARD_OUTPUT:
        print(json_text(found.as_json()), end="")
        return int(not found.passes)
    if json:
        write_text(Path(json), json_text(found.as_json()))
    console = terminal.make_console()
    for title, run in runs.items():
        print_run(console, title, *run)
    console.print()
    print_pairs(console, found, [course for course in Course if course is not Course.SAME])
    console.print(Text(tally(found)))
    return int(not found.passes)
