# SPDX-License-Identifier: BSD-2-Clause
"""The verb site: what is kept of runs, all known bugs and all cases, as files for any static host."""

from rich.text import Text

from harness.catalogue.image import read_images
from harness.judging.bugs import read_bugs
from harness.report import terminal
from harness.runs.folders import RUNS
from harness.runs.merge import read_run
from harness.site.site import SITE, site, write_site
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT, calling, shown


def make_site(runs: list[str]) -> int:
    """Makes the site of these runs, folders or files of JSON=, or of all that are kept here. Raises WrongQuestion."""
    if not runs and not any(RUNS.glob("*/*/")):
        raise WrongQuestion(
            f"{shown(RUNS)}: no run is kept there: '{calling('run')}' leaves one, or name a run's folder"
        )
    lines, results = read_run(*(runs or [str(RUNS)]))
    written = write_site(SITE, site(lines, results, read_bugs(ROOT / "bugs"), read_images()))
    words = f"{shown(SITE / 'index.html')}: {terminal.counted(len(results), 'result')}, {len(written)} files"
    terminal.make_console().print(Text(words))
    return 0
