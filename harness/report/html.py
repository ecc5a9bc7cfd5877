# SPDX-License-Identifier: BSD-2-Clause
"""A report as one HTML page, by the templates page.html, page.css and page.js: nothing from elsewhere.

Its answer, its problems and its bugs can be read without a script, as where a mail shows it.
"""

import base64
import functools
import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

import jinja2
from markupsafe import Markup

from harness.judging.bugs import Bug
from harness.judging.result import Result
from harness.report.filling import make_environment
from harness.report.page_answer import fate, platform_answers, problem
from harness.report.page_baseline import Against
from harness.report.page_bugs import Command, chapters
from harness.report.page_data import LETTERS, bug_page, compact, page_data
from harness.report.page_held import Held
from harness.report.problems import find_problems
from harness.runs.record import write_text
from harness.system.places import TEMPLATES

MOST_PROBLEMS = 100  # that are told one by one; the matrix has all


def page(
    lines: list[str],
    results: list[Result],
    bugs: Mapping[str, Bug] = MappingProxyType({}),
    command: Command = lambda platform, case, debugger: "",
    site: Collection[str] = (),
    first: Against | Held | None = None,
) -> str:
    """The page, with what the platforms are in `lines`.

    `bugs` by name have their stories told; `command` asks again what a cell shows. Where the page is the first of a
    site, `site` has the addresses of the others. `first` stands before all else: an earlier run, or the files of bugs/,
    that these results are held against.
    """
    found = find_problems(results)
    told = chapters(results, bugs, command)
    answers, others = platform_answers(lines, results)
    script, style = (Markup(TEMPLATES.joinpath(name).read_text("utf-8")) for name in ("page.js", "page.css"))
    return (
        environment()
        .get_template("page.html")
        .render(
            answers=answers,
            lines=others,
            red=sum(not result.verdict.green for result in results),
            total=len(results),
            problems=[problem(alike) for alike in found.others[:MOST_PROBLEMS]],
            more_problems=max(0, len(found.others) - MOST_PROBLEMS),
            chapters=told,
            remarks=found.remarks,
            letters=LETTERS,
            fate=fate,
            bug_page=bug_page,
            site=site,
            against=first if isinstance(first, Against) else None,
            held=first if isinstance(first, Held) else None,
            data=Markup(compact(page_data(results, told, command, site))),
            script=script,
            style=style,
            allowed=f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'",
        )
    )


@functools.cache
def environment() -> jinja2.Environment:
    """What fills templates in: all text in them stays text."""
    return make_environment(TEMPLATES, autoescape=True)


def write_page(path: Path, *what, first: Against | Held | None = None) -> None:
    """Writes the page of page(). Raises WrongQuestion where the file cannot be."""
    write_text(path, page(*what, first=first))


def _hash(text: str) -> str:
    """A script or a style as a Content-Security-Policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
