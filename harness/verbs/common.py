# SPDX-License-Identifier: BSD-2-Clause
"""What several verbs do alike."""

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from harness import report
from harness.bugs import Bug, read_bug
from harness.errors import WrongQuestion
from harness.runner import Group, Runner
from harness.settings import ROOT, Settings
from harness.verdict import Result


def find_bug(name: str) -> Bug:
    """The bug of that name. Raises WrongQuestion."""
    path = ROOT / "bugs" / f"{name}.toml"
    if not name or "/" in name or not path.exists():
        raise WrongQuestion(f"BUG={name}: there is no bugs/{name or 'NAME'}.toml: 'make list' shows what there is")
    return read_bug(path)


def run_groups(
    console: Console,
    settings: Settings,
    groups: list[Group],
    before: Callable[[Runner], list[Result]] = lambda runner: [],
) -> list[Result]:
    """What `before` gives, and the groups' results, with progress on a terminal and a line for each group elsewhere."""
    progress = report.make_progress_console()
    with progress.status("booting") as status:
        runner = Runner(settings, lambda group, case: status.update(f"{group.platform.name} {group.debugger}: {case}"))
        results = before(runner)
        for group, settled in zip(groups, runner.run_all(groups), strict=True):
            results += settled
            if not progress.is_terminal:
                bad = sum(not result.verdict.green for result in settled)
                words = f"cases: {len(settled)}" + (f", not green: {bad}" if bad else "")
                console.print(Text(f"{group.platform.name} {group.debugger} {group.image.name}: {words}"))
    return results


def writable(name: str) -> Path | None:
    """The file of JSON=..., found out to be writable before the work begins."""
    if not name:
        return None
    try:
        with open(name, "a", encoding="utf-8"):
            return Path(name)
    except OSError as error:
        raise WrongQuestion(f"JSON={name}: cannot be written: {error.strerror}") from None
