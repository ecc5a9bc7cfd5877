# SPDX-License-Identifier: BSD-2-Clause
"""A report in a few lines of Markdown, as GitHub's job summaries and GitLab's notes take it."""

import re
from harness.judging.result import Result, Verdict
from harness.report.problems import KnownBug, find_problems, names

MOST_PROBLEMS = 100  # of each kind; a job's summary is to stay below 1 MiB


def plain(text: str) -> str:
    """The text with a backslash before all that Markdown or HTML could take for its own, addresses' colons too."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def summary(lines: list[str], results: list[Result]) -> str:
    """What the platforms are, a row of counts for each column of the table, and what is not green."""
    red = sum(not result.verdict.green for result in results)
    parts = [f"## Trapline: {f'{red} of {len(results)} results are not green' if red else 'all green'}", ""]
    columns = list(dict.fromkeys((result.platform, result.debugger) for result in results))
    shown = [verdict for verdict in Verdict if any(result.verdict is verdict for result in results)]
    parts.append(f"| platform | debugger | {' | '.join(plain(verdict.value) for verdict in shown)} |")
    parts.append("|---|---|" + "--:|" * len(shown))
    for platform, debugger in columns:
        mine = [result.verdict for result in results if (result.platform, result.debugger) == (platform, debugger)]
        counts = [str(mine.count(verdict) or "") for verdict in shown]
        parts.append(f"| {plain(platform)} | {plain(debugger)} | {' | '.join(counts)} |")
    problems = find_problems(results)
    parts += _list("Not green", [_problem(group) for group in problems.others])
    parts += _known_bugs(problems.known, list(dict.fromkeys(result.platform for result in results)))
    parts += _list(
        "Remarks", [f"{plain(where)}: {plain(name)}: {plain(words)}" for where, name, words in problems.remarks]
    )
    parts += _list("Platforms", [plain(line) for line in lines])
    return "\n".join([*parts, ""])


def _list(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    more = [f"- and {len(items) - MOST_PROBLEMS} more"] if len(items) > MOST_PROBLEMS else []
    return ["", f"### {title}", "", *(f"- {item}" for item in items[:MOST_PROBLEMS]), *more]


def _problem(alike: list[Result]) -> str:
    cases, platform, debuggers = names(alike)
    where = plain(f"{cases} on {platform} {debuggers}".rstrip())
    words = ": ".join(filter(None, (alike[0].verdict.value, alike[0].judgement.bug, alike[0].reason)))
    return f"{where}: **{plain(words)}**"


def _known_bugs(known: list[KnownBug], platforms: list[str]) -> list[str]:
    """A table of how many results each known bug shows in, by platform; where several make one, it counts for each."""
    if not known:
        return []
    titles = {bug.name: bug.title for bug in known}
    counts = {(bug.name, bug.platform): len(bug.results) for bug in known}
    lines = ["", "### Known bugs", ""]
    lines += [f"| bug | | {' | '.join(map(plain, platforms))} |", "|---|---|" + "--:|" * len(platforms)]
    for bug in sorted(titles)[:MOST_PROBLEMS]:
        cells = [str(counts.get((bug, platform), "")) for platform in platforms]
        lines.append(f"| {plain(titles[bug])} | {plain(bug)} | {' | '.join(cells)} |")
    return lines
