# SPDX-License-Identifier: BSD-2-Clause
"""What a person sees: the table of verdicts, the logs side by side, progress.

On a terminal with colours and lines, elsewhere as plain text of the same content.
"""

import itertools
import shutil
from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.compare import Row, align
from harness.platform import Platform, Unusable
from harness.problems import find_problems, logs_without_required, names
from harness.verdict import Result, Verdict

UNLIMITED = 10_000
COLOURS = {Verdict.PASS: "green", Verdict.KNOWN: "yellow", Verdict.UNUSABLE: "magenta"}


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Called by newer versions of rich, while they handle the exception; theirs ends Python with status 1."""
        raise


def make_console() -> Console:
    """A console on standard output that never breaks a line: logs, tables and paths are there to be copied."""
    return _Console(highlight=False, soft_wrap=True, width=UNLIMITED)


def make_progress_console() -> Console:
    """For what is only shown meanwhile: standard error, in the terminal's own width."""
    return Console(stderr=True)


def _styled(verdict: Verdict) -> Text:
    return Text(verdict.value, style=COLOURS.get(verdict, "bold red"))


def print_table(console: Console, results: list[Result]) -> None:
    """A row for each case@mode, a column for each platform and debugger mode."""
    columns = list(dict.fromkeys((result.platform, result.debugger) for result in results))
    cells = {(result.case, result.platform, result.debugger): result for result in results}
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("case", no_wrap=True)
    for platform, debugger in columns:
        table.add_column(Text(f"{platform}\n{debugger}" if debugger else platform), no_wrap=True)
    for case in sorted({result.case for result in results}):
        row = [cells.get((case, *column)) for column in columns]
        table.add_row(Text(case), *(_styled(result.verdict) if result else Text("-") for result in row))
    console.print(table)


def platform_lines(platforms: list[Platform | Unusable]) -> list[str]:
    """What each platform is and what to know of it; why one that is not usable is not."""
    lines = []
    for platform in platforms:
        if isinstance(platform, Unusable):
            lines.append(f"{platform.name}: unusable: {platform.reason}")
            continue
        lines.append(f"{platform.name}: {platform.description}")
        lines += [f"{platform.name}: {words}" for words in [*platform.remarks, *platform.reservations]]
    return lines


def print_platforms(console: Console, platforms: list[Platform | Unusable]) -> None:
    for line in platform_lines(platforms):
        console.print(Text(line))


def print_problems(console: Console, results: list[Result]) -> None:
    """Remarks, known bugs in short, then why all else is not `pass`, for a difference with both logs side by side."""
    problems = find_problems(results)
    for platform, name, words in problems.remarks:
        console.print(Text.assemble(("remark", "cyan"), f" on {platform}: {name}: {words}"))
    for group in problems.known:
        first = group[0]
        cases = ", ".join(dict.fromkeys(result.name for result in group))
        where = Text.assemble(("known", COLOURS[Verdict.KNOWN]), f" on {first.platform}: {first.bug}: ")
        console.print(where.append(first.reason, "bold").append(f" ({len(group)}: {cases})"))
    for group in problems.others:
        print_problem(console, group)


def print_problem(console: Console, alike: list[Result]) -> None:
    """Results of which the same is to be said."""
    first = alike[0]
    cases, platform, debuggers = names(alike)
    line = Text.assemble((cases, "bold"), f" on {platform} {debuggers}".rstrip(), ": ", _styled(first.verdict))
    if first.bug:  # fixed?
        line.append(f" ({first.bug})")
    if first.reason:
        line.append(f": {first.reason}")
    console.print(line)
    if first.verdict is Verdict.UNUSABLE:
        for text in logs_without_required(first):
            console.print(Text(text))
    if first.verdict is Verdict.DIFFERS:
        if first.seen != first.required:
            print_difference(console, align(first.required, first.seen))
        if first.debugger_required is not None and first.debugger_seen != first.debugger_required:
            console.print(Text("    the debugger's log:"))
            print_difference(console, align(first.debugger_required, first.debugger_seen))
    if first.run and not first.verdict.green:
        console.print(Text(f"    see {first.run}", style="dim"))


def _side(row: Row, side: str, plain: bool) -> Text:
    """One line; the words that differ are coloured, or in [[brackets]] where there is no colour."""
    text = Text()
    for index, (word, differs) in enumerate(row.words(side)):
        text.append(" " if index else "")
        if differs and plain:
            text.append(f"[[{word}]]")
        else:
            text.append(word, style="bold red" if differs and side == "seen" else "bold green" if differs else "")
    return text


def print_difference(console: Console, rows: list[Row], titles: tuple[str, str] = ("required", "seen")) -> None:
    """Required beside seen where the terminal is wide enough for both, else below one another."""
    plain = not console.is_terminal
    longest = max((len(line) for row in rows for line in (row.required, row.seen) if line), default=0)
    if not plain and shutil.get_terminal_size().columns >= 2 * longest + 12:
        table = Table(box=box.SIMPLE_HEAD)
        for title in titles:
            table.add_column(title, no_wrap=True)
        for row, repeated in collapsed(rows):
            table.add_row(_side(row, "required", plain), _side(row, "seen", plain))
            if repeated:
                table.add_row("", Text(f"... and the same {repeated} more times", style="dim"))
        console.print(table)
        return
    for row, repeated in collapsed(rows):
        if row.same:
            console.print(Text(f"      {row.required}"))
        else:
            for side, sign in (("required", "-"), ("seen", "+")):
                if getattr(row, side) is not None:
                    console.print(Text.assemble(f"    {sign} ", _side(row, side, plain)))
        if repeated:
            console.print(Text(f"      ... and the same {repeated} more times", style="dim"))


def collapsed(rows: list[Row]) -> Iterator[tuple[Row, int]]:
    """The rows, with how many more like it follow each."""
    for row, group in itertools.groupby(rows, key=lambda row: (row.required, row.seen)):
        yield Row(*row), len(list(group)) - 1


def print_summary(console: Console, results: list[Result], platforms: list[Platform | Unusable]) -> None:
    """The counts, and what is to be thought of results from platforms that are no reference."""
    for platform in platforms:
        if not isinstance(platform, Platform) or not platform.reservations:
            continue
        mine = [result for result in results if result.platform == platform.name and not result.verdict.green]
        backends = sum(result.verdict is Verdict.BACKEND for result in mine)
        words = f"{len(mine)} results are not green, in {backends} of them it stopped itself"
        console.print(Text(f"{platform.name}: {'; '.join(platform.reservations)}: {words}", style="yellow"))
    counts = {verdict: sum(result.verdict is verdict for result in results) for verdict in Verdict}
    console.print(Text(", ".join(f"{count} {verdict.value}" for verdict, count in counts.items() if count)))
