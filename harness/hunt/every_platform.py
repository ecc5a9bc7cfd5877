# SPDX-License-Identifier: BSD-2-Clause
"""The verb bugs: every known bug on every QEMU and kernel at hand, held against the versions that its file says."""

import enum
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.hunt.look import Finding, Presence, Search, look_for, shows
from harness.judging.bugs import Bug, matches, read_bugs
from harness.judging.explain import explained
from harness.judging.result import Result, Verdict
from harness.lab import cache
from harness.platform import LOCAL, Platform, Unusable, accelerators_here, find_platforms
from harness.platform.kvm import KVM
from harness.platform.target import Target
from harness.report.page_held import Held, HeldRow
from harness.report.terminal import platform_lines
from harness.runs.merge import worst_of_each
from harness.system import process
from harness.system.places import ROOT


class Cell(enum.Enum):
    """What a bug's file is worth on one platform; the values are what users read."""

    PRESENT = "present"  # as recorded
    ABSENT = "absent"  # as recorded
    NEW = "NEW"  # seen where the file does not speak of it
    GONE = "GONE"  # not seen where the file says that it shows
    PREDICTED = "predicted"  # only read in source, and never looked for
    UNKNOWN = "?"

    @property
    def wrong(self) -> bool:
        """Whether the file is in error."""
        return self in (Cell.NEW, Cell.GONE)


# As a page shows them.
KINDS = {Cell.PRESENT: "known", Cell.ABSENT: "right", Cell.NEW: "red", Cell.GONE: "red"}
KINDS |= {Cell.PREDICTED: "cannot-be-told", Cell.UNKNOWN: "cannot-be-told"}

COLOURS = {Cell.PRESENT: "yellow", Cell.ABSENT: "green", Cell.NEW: "bold red", Cell.GONE: "bold red"}


@dataclass
class Check:
    """One bug on one platform."""

    bug: Bug
    platform: Platform
    cell: Cell
    why: str
    results: list[Result] = field(default_factory=list)

    def as_json(self) -> dict:
        return {
            "bug": self.bug.name,
            "platform": self.platform.name,
            "qemu": self.platform.versions.get("qemu", ""),
            "bochs": self.platform.versions.get("bochs", ""),
            "kernel": self.platform.facts.get("kernel", ""),
            "is": self.cell.value,
            "why": self.why,
        }


def platforms_at_hand(target: Target, bugs: list[Bug]) -> Iterator[Platform | Unusable]:
    """Every platform that the knobs allow and one of the bugs may show on.

    ACCEL, HOST and QEMU narrow what is all there is by default.
    """
    qemus = [target.qemu] if target.qemu else ["", *(item.version for item in cache.items() if item.kind == "qemu")]
    kernels = [item.version for item in cache.items() if item.kind == "linux"]
    accels = target.accel.split(",") if target.accel not in ("", "all") else accelerators_here()
    accels = [accel for accel in accels if any(_shows_on(bug, accel) for bug in bugs)]
    hosts = target.host.split(",") if target.host != LOCAL else [LOCAL, *(f"amd:{version}" for version in kernels)]
    seen: set[tuple] = set()
    for host in hosts:
        for accel in accels if host == LOCAL else {KVM.name} & set(accels):
            for qemu in qemus if accel != "bochs" else [""]:
                for platform in find_platforms(replace(target, accel=accel, host=host, qemu=qemu), ""):
                    key = (platform.name, *getattr(platform, "versions", {}).values())
                    if key not in seen:  # the system's QEMU may be the lab's too
                        seen.add(key)
                        yield platform


def check_all(bugs: list[Bug], search: Search) -> Iterator[Check]:
    """The checks of all bugs that a platform's accelerator can have, JOBS at a time, in order."""
    with ThreadPoolExecutor(search.jobs) as pool:
        try:
            mine = [bug for bug in bugs if _shows_on(bug, search.platform.facts["accel"])]
            every = read_bugs(ROOT / "bugs")
            yield from pool.map(lambda bug: check(bug, search, every), mine)
        except BaseException:
            process.stop_all()
            pool.shutdown(cancel_futures=True)
            raise
        finally:
            search.platform.close()


def _shows_on(bug: Bug, accel: str) -> bool:
    return any(matches(accel, sighting.where.get("accel", "*")) for sighting in bug.seen)


def check(bug: Bug, search: Search, every: list[Bug]) -> Check:
    """Looks for a bug whatever its file says of versions, and then at what it says. `every` are all files there are."""
    finding, _ = look_for(bug, search)
    judged = judged_again(search.platform, finding, every)
    cell, why = judge_file(bug, finding, judged)
    return Check(bug, search.platform, cell, why, [again for _, again in judged])


def judge_file(bug: Bug, finding: Finding, judged: list[tuple[Result, Result]]) -> tuple[Cell, str]:
    """What the finding, whose results are `judged` again, makes of the bug's ranges, and why."""
    for result, again in judged:
        if result.plain is None:
            continue
        where = f"{result.case} {result.debugger}"
        if shows(result, bug) and not shows(again, bug):
            return Cell.NEW, f"{where}: {result.plain.reason}"
        if again.verdict is Verdict.FIXED and again.judgement.bug == bug.name:
            return Cell.GONE, f"{where} passes"
    if finding.presence is not Presence.UNKNOWN:
        return Cell[finding.presence.name], finding.why
    if not finding.results and all(sighting.basis == "source" for sighting in bug.seen):
        return Cell.PREDICTED, "read in source, never looked for"
    return Cell.UNKNOWN, finding.why


def judged_again(platform: Platform, finding: Finding, bugs: list[Bug]) -> list[tuple[Result, Result]]:
    """Each result, and what it is by the bugs' files as they are, versions and all."""

    def again(result: Result) -> Result:
        if result.plain is None:
            return result
        as_it_was = replace(result, judgement=result.plain)
        return replace(result, judgement=explained(as_it_was, platform.facts | {"vendor": result.vendor}, bugs))

    return [(result, again(result)) for result in [*finding.results, *finding.others]]


def results_of(checks: list[Check]) -> tuple[list[str], list[Result]]:
    """What the platforms are, in lines; and all results, on platforms that are called as the columns are."""
    lines: dict[str, None] = {}
    results = []
    for check in checks:
        label = _in_a_line(check.platform)
        for line in platform_lines([check.platform]):
            lines[f"{label}: {line.removeprefix(f'{check.platform.name}: ')}"] = None
        results += [replace(result, platform=label) for result in check.results]
    return list(lines), worst_of_each(results)


def print_checks(console: Console, checks: list[Check]) -> None:
    """A table for each accelerator, a row for each bug, a column for each version; then why something is not so."""
    for accel in dict.fromkeys(check.platform.facts["accel"] for check in checks):
        mine = [check for check in checks if check.platform.facts["accel"] == accel]
        columns = list(dict.fromkeys(_heading(check.platform) for check in mine))
        cells = {(check.bug.name, _heading(check.platform)): check.cell for check in mine}
        table = Table(box=None, padding=(0, 2, 0, 0))
        table.add_column("bug", no_wrap=True)
        for column in columns:
            table.add_column(column, no_wrap=True)
        for name in dict.fromkeys(check.bug.name for check in mine):
            row = [cells.get((name, column)) for column in columns]
            table.add_row(Text(name), *(Text(cell.value, COLOURS.get(cell, "")) if cell else Text("-") for cell in row))
        console.print(table)
        console.print()
    for line in _why(checks):
        console.print(Text(line))


def held(checks: list[Check]) -> Held:
    """The same for a page: a row for each bug, a column for each platform and version."""
    headings = list(dict.fromkeys(_in_a_line(check.platform) for check in checks))
    found = {(check.bug.name, _in_a_line(check.platform)): check.cell for check in checks}
    rows = []
    for bug in {check.bug.name: check.bug for check in checks}.values():
        cells = [found.get((bug.name, heading)) for heading in headings]
        rows.append(
            HeldRow(bug.name, bug.title, [(cell.value, KINDS[cell]) if cell else ("-", "faint") for cell in cells])
        )
    return Held(headings, rows, sum(check.cell.wrong for check in checks), list(_why(checks)))


def _why(checks: list[Check]) -> Iterator[str]:
    """Why a file is in error, or cannot be told to be right."""
    for check in checks:
        if check.cell.wrong or check.cell is Cell.UNKNOWN:
            yield f"{check.bug.name} on {_in_a_line(check.platform)}: {check.cell.value}: {check.why}"


def _in_a_line(platform: Platform) -> str:
    return " ".join(_heading(platform).split("\n")).strip()


def _heading(platform: Platform) -> str:
    return f"{platform.name}\n{platform.versions.get('qemu') or platform.versions.get('bochs', '')}"
