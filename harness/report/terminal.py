# SPDX-License-Identifier: BSD-2-Clause
"""What a person sees: the table of verdicts, the logs side by side, progress.

On a terminal with colours and lines, elsewhere as plain text of the same content.
"""

import io
import itertools
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.judging.affected import accelerator_of, affected
from harness.judging.bugs import Bug
from harness.judging.compare import Row, align, excerpt
from harness.judging.result import Result, Verdict
from harness.platform import Platform, Unusable
from harness.report.problems import (
    KnownBug,
    debuggers,
    find_problems,
    logs_without_required,
    names,
)
from harness.report.rows import TableRow, columns_of, merged_rows
from harness.system.places import shown

UNLIMITED = 10_000
PARAGRAPH = 110  # characters of a line where there is no terminal
# What a terminal shows at once; the page has everything.
SCREEN = 12  # lines of logs side by side, of one platform; the first difference is always shown whole
MOST_ROWS = 60  # lines of one log beside another; of more, those that differ, up to as many
MOST_PROBLEMS = 8  # of one platform
# Known bugs that have a line each; the others are named.
MOST_KNOWN = 12  # of one platform alone
KNOWN_TOGETHER, LEAST_KNOWN = 15, 3  # of several platforms, and of each of them
KNOWN_BESIDE_RED = 4
MOST_CELLS = 300_000  # of a table; the whole catalogue has 1600 rows
LONGEST_CELL = 300  # characters: a name may have come from anywhere
GAP = 2  # blanks between two columns
LEAST_TITLE = 10  # characters of a known bug's title, however narrow the terminal
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
    return _Console(stderr=True)


def link(console: Console, path: Path, text: str = "") -> Text:
    """A path, or a text that stands for it, which many terminals open at a click (OSC 8); plain where colours are."""
    plain = not console.is_terminal or console.no_color
    return Text(text or shown(path), style="" if plain else f"link {path.absolute().as_uri()}")


def _styled(verdict: Verdict) -> Text:
    return Text(verdict.value, style=COLOURS.get(verdict, "bold red"))


def print_table(console: Console, results: list[Result]) -> None:
    """A row for each case@mode, a column for each platform and debugger mode."""
    columns = columns_of(results)
    cells = {(result.case, result.platform, result.debugger): result for result in results}
    cases = sorted({result.case for result in results})
    if len(cases) * len(columns) > MOST_CELLS:
        words = f"{counted(len(cases), 'case')} in {counted(len(columns), 'column')}"
        console.print(Text(f"the table is too large to be shown here: {words}"))
        return
    titles = [f"{platform}\n{debugger}" if debugger else platform for platform, debugger in columns]
    rows = [[Text(case), *(_cell_of(cells.get((case, *column))) for column in columns)] for case in cases]
    print_columns(console, ["case", *titles], rows)


def print_short_table(console: Console, results: list[Result], longest: int) -> bool:
    """The same with a row for all modes of a case that are alike, and a column for all debugger modes of a platform.

    Prints nothing where that makes more rows than `longest`; tells whether it did.
    """
    rows = merged_rows(results, lambda result: result.verdict)
    if len(rows) > longest:
        return False
    platforms = list(dict.fromkeys(result.platform for result in results))
    console.print()
    cells = [[Text(row.label), *(_cell(row, platform) for platform in platforms)] for row in rows]
    print_columns(console, ["case", *platforms], cells)
    return True


def _cell_of(result: Result | None) -> Text:
    return _styled(result.verdict) if result else Text("-")


def print_columns(console: Console, titles: list[str], rows: list[list[Text]]) -> None:
    """Cells below their titles, which may have two lines.

    No width of the whole cuts them, as it does rich's tables, which take ten times as long, too.
    """
    heads = [line for line in zip(*(title.rpartition("\n")[::2] for title in titles)) if any(line)]
    rows = [*([Text(word, "bold") for word in line] for line in heads), *rows]
    for cell in itertools.chain(*rows):
        cell.truncate(LONGEST_CELL, overflow="ellipsis")
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows)]
    for row in rows:
        parts = [(cell, " " * (width - cell.cell_len + GAP)) for cell, width in zip(row, widths)]
        console.print(Text.assemble(*itertools.chain.from_iterable(parts)))


def _cell(row: TableRow, platform: str) -> Text:
    """The verdict of all debugger modes of a platform, or what most of them have, and then the others."""
    modes: dict[Verdict, list[str]] = {}
    for (where, debugger), verdict in row.values.items():
        if where == platform:
            modes.setdefault(verdict, []).append(debugger)
    if not modes:
        return Text("-")
    first, *others = sorted(modes, key=lambda verdict: -len(modes[verdict]))
    text = _styled(first)
    for verdict in others:
        text.append(", ").append(_styled(verdict)).append(f" in {debuggers(modes[verdict])}")
    return text


def platform_lines(platforms: list[Platform | Unusable]) -> list[str]:
    """What each platform is and what to know of it; why one that is not usable is not."""
    lines = []
    for platform in platforms:
        if isinstance(platform, Unusable):
            lines.append(f"{platform.name}: {'not run' if platform.left_out else 'unusable'}: {platform.reason}")
            continue
        lines.append(f"{platform.name}: {platform.description}")
        lines += [f"{platform.name}: {words}" for words in platform.remarks]
        lines += [f"{platform.name}: no reference: {words}" for words in platform.reservations]
    return lines


def print_platforms(console: Console, platforms: list[Platform | Unusable]) -> None:
    for line in platform_lines(platforms):
        console.print(Text(line))


def print_platform(
    console: Console,
    results: list[Result],
    bugs: dict[str, Bug] = MappingProxyType({}),
    seconds: float | None = None,
    most_known: int = MOST_KNOWN,
) -> None:
    """What one platform gave: the counts, each thing that is not as recorded, then the known bugs.

    `bugs` by name tell which versions have them; the first `most_known` have a line each, or fewer beside what is red.
    """
    problems = find_problems(results)
    red = sum(not result.verdict.green for result in results)
    line = Text.assemble((results[0].platform, "bold"), ": ")
    line.append("green", "bold green") if not red else line.append(f"red: {red} of {len(results)}", "bold red")
    took = "" if seconds is None else f", in {seconds:.1f} s"
    console.print(line.append(f": {counts(results, len(problems.known))}{took}"))
    for platform, name, words in problems.remarks:
        console.print(Text.assemble(("remark", "cyan"), f": {name}: {words}"))
    left = SCREEN
    for group in problems.others[:MOST_PROBLEMS]:
        rows = _rows(group[0])
        with_logs = left == SCREEN or rows <= left
        left -= rows if with_logs else 0
        print_problem(console, group, with_logs)
    if more := problems.others[MOST_PROBLEMS:]:
        words = f"and {sum(map(len, more))} more results that are not green, for {len(more)} other reasons"
        console.print(Text(words, style="bold red"))
    most = min(most_known, KNOWN_BESIDE_RED) if red and most_known != UNLIMITED else most_known
    print_known(console, problems.known[:most], bugs)
    print_more_known(console, problems.known[most:])


def print_by_platform(console: Console, results: list[Result], bugs: dict[str, Bug]) -> None:
    """What each platform gave, and all of them together."""
    platforms = list(dict.fromkeys(result.platform for result in results))
    for platform in platforms:
        console.print()
        its = [result for result in results if result.platform == platform]
        print_platform(console, its, bugs, most_known=most_known(len(platforms)))
    print_total(console, results)


def most_known(platforms: int, in_full: bool = False) -> int:
    """How many known bugs of one of so many platforms have a line each, that all of them may fit on a screen."""
    return UNLIMITED if in_full else max(LEAST_KNOWN, min(MOST_KNOWN, KNOWN_TOGETHER // platforms))


def print_total(console: Console, results: list[Result]) -> None:
    """The counts of all platforms together, where there are several."""
    if len({result.platform for result in results}) > 1:
        console.print(Text(f"\nall platforms: {counts(results)}"))


def room(console: Console, elsewhere: int) -> int:
    """How many characters a line may have; `elsewhere` where there is no terminal."""
    return shutil.get_terminal_size().columns if console.is_terminal else elsewhere


def print_known(console: Console, known: list[KnownBug], bugs: dict[str, Bug]) -> None:
    """A line for each known bug: its name, how many results it shows in, what it is, which versions have it."""
    width = max((len(bug.name) for bug in known), default=0)
    digits = len(str(len(known[0].results))) if known else 0
    columns = room(console, UNLIMITED)
    for bug in known:
        where = affected(bugs[bug.name], accelerator_of(bug.platform)) if bug.name in bugs else ""
        versions = f" ({where})" if where else ""
        start = f"  {bug.name:{width}}  {len(bug.results):{digits}}  "
        title = Text(bug.title)
        title.truncate(max(LEAST_TITLE, columns - len(start) - len(versions)), overflow="ellipsis")
        console.print(Text.assemble((start, COLOURS[Verdict.KNOWN]), title, (versions, "dim")))


def print_more_known(console: Console, known: list[KnownBug]) -> None:
    """The names of known bugs, each with the number of its results, in a paragraph."""
    if not known:
        return
    together = "\N{NO-BREAK SPACE}"
    named = ", ".join(f"{bug.name}{together}{len(bug.results)}" for bug in known)
    wrapper = textwrap.TextWrapper(
        room(console, PARAGRAPH), initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )
    for line in wrapper.wrap(f"and {len(known)} more: {named}"):
        console.print(Text(line.replace(together, " ")))


def _rows(result: Result) -> int:
    """How many lines its logs take, side by side."""
    pairs = zip(result.beside, (result.seen, result.debugger_seen))
    return sum(
        len(list(collapsed(align(beside, seen))))
        for beside, seen in pairs
        if result.verdict is Verdict.DIFFERS and beside is not None and beside != seen
    )


def print_problem(console: Console, alike: list[Result], in_full: bool = True) -> None:
    """Results of which the same is to be said, `in_full` with the logs of the first."""
    first = alike[0]
    cases, platform, modes = names(alike)
    line = Text.assemble((cases, "bold"), f" on {platform} {modes}".rstrip(), ": ", _styled(first.verdict))
    if first.judgement.bugs:  # fixed?
        line.append(f" ({first.judgement.bug})")
    if first.reason:
        line.append(f": {first.reason}")
    if len(alike) > 1:
        line.append(f" ({len(alike)} results)", "dim")
    console.print(line)
    if not in_full:
        return
    if first.verdict is Verdict.UNUSABLE:
        for text in logs_without_required(first):
            console.print(Text(text))
    if first.verdict is Verdict.DIFFERS:
        beside, debugger_beside = first.beside
        titles = (first.beside_title, "seen")
        if beside is not None and first.seen != beside:
            _print_beginning(console, align(beside, first.seen), titles)
        if debugger_beside is not None and first.debugger_seen != debugger_beside:
            console.print(Text("    the debugger's log:"))
            _print_beginning(console, align(debugger_beside, first.debugger_seen), titles)
    if first.run and not first.verdict.green:
        console.print(Text.assemble("    see ", link(console, first.run), style="dim"))


def _print_beginning(console: Console, rows: list[Row], titles: tuple[str, str]) -> None:
    """Two logs, as far as somebody reads them."""
    groups = _alike(rows)
    if len(groups) > MOST_ROWS:
        groups = _alike(excerpt(rows))
    print_difference(console, list(itertools.chain(*groups[:MOST_ROWS])), titles)
    if rest := groups[MOST_ROWS:]:
        console.print(Text(f"      ... and {sum(map(len, rest))} more lines", style="dim"))


def described(alike: list[Result]) -> str:
    """The same as text, for whoever shows it elsewhere, even where the environment wants colours on any output."""
    console = Console(file=io.StringIO(), force_terminal=False, soft_wrap=True, highlight=False)
    print_problem(console, alike)
    return console.file.getvalue()


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
    for group in _alike(rows):
        yield group[0], len(group) - 1


def _alike(rows: list[Row]) -> list[list[Row]]:
    """The rows, those together that follow one another and are the same."""
    return [list(group) for _, group in itertools.groupby(rows, key=lambda row: (row.required, row.seen))]


def counts(results: list[Result], known: int | None = None) -> str:
    """How many results there are of each verdict, and how many known bugs make them `known`."""
    words = []
    for verdict in Verdict:
        if count := sum(result.verdict is verdict for result in results):
            bugs = f" by {known} bug{'s' if known > 1 else ''}" if known and verdict is Verdict.KNOWN else ""
            words.append(f"{count} {verdict.value}{bugs}")
    return ", ".join(words)


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
