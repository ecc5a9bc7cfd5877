# SPDX-License-Identifier: BSD-2-Clause
"""All files of the site: the matrix, a page for each known bug and each case, lists of both, a picture, a style.

The same input makes the same bytes. A page's address is its bug's or its case's name, and lasts as that does.
"""

import functools
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import jinja2

from harness.catalogue.image import Image
from harness.catalogue.required import RequiredLogs
from harness.hunt.specimen import Specimens
from harness.judging.bugs import Bug, BugsByCase
from harness.judging.result import Result
from harness.report import page_data
from harness.report.html import environment, page
from harness.report.page_answer import fate
from harness.report.page_data import LETTERS
from harness.report.page_questions import questions
from harness.runs.record import write_text
from harness.site.bug_page import bug_page
from harness.site.findings import number
from harness.site.lines import LINES, InVersion
from harness.site.picture import picture
from harness.site.question_page import QuestionPage, question_page
from harness.system import files
from harness.system.places import BUILD, CASES, ROOT, TEMPLATES

SITE = BUILD / "site"
BUGS, QUESTIONS, PICTURE, STYLE = "bugs/index.html", "questions/index.html", "matrix.svg", "site.css"

# Nothing but the site's own style and picture; no script.
ALLOWED = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"

# The sign of what is known of a version: it stands beside the colour.
SIGNS = {
    InVersion.PRESENT: "\N{NOT EQUAL TO}",
    InVersion.ABSENT: "\N{CHECK MARK}",
    InVersion.PREDICTED: "P",
    InVersion.UNTOLD: "?",
}


def site(lines: list[str], results: list[Result], bugs: list[Bug], images: list[Image]) -> Iterator[tuple[str, str]]:
    """Each file's address in the site, and its text.

    `lines` say what the platforms of `results` are; the pages are those of these bugs, and of the images' cases.
    """
    cases: dict[str, list[tuple[Image, str]]] = {}
    for image in images:
        for case in image.cases:
            cases.setdefault(case.partition("@")[0], []).append((image, case))
    addresses = {PICTURE, STYLE, BUGS, QUESTIONS}
    addresses |= {page_data.bug_page(bug.name) for bug in bugs} | {page_data.question_page(name) for name in cases}
    asked = list(_questions(cases, results, bugs))
    shows = {bug.name: [each.name for each in asked if _shows(bug, each)] for bug in bugs}
    specimens = Specimens(bugs, images)
    pages = [bug_page(bug, specimens, shows[bug.name]) for bug in bugs]
    filled = functools.partial(_filled, environment(), addresses)
    yield "index.html", page(lines, results, {bug.name: bug for bug in bugs}, site=addresses)
    yield PICTURE, picture(results)
    yield STYLE, _style()
    yield BUGS, filled("bugs.html", lines=LINES, pages=pages)
    yield QUESTIONS, filled("questions.html", families=_by_family(asked))
    for each in pages:
        yield page_data.bug_page(each.bug.name), filled("bug.html", page=each)
    for question in asked:
        yield page_data.question_page(question.name), filled("question.html", page=question)


def write_site(folder: Path, made: Iterator[tuple[str, str]]) -> list[str]:
    """Writes the files, and removes pages that a site before had and this one has not. Raises WrongQuestion."""
    written = []
    for address, text in made:
        write_text(folder / address, text)
        written.append(address)
    for place in (BUGS, QUESTIONS):
        for path in (folder / place).parent.glob("*.html"):
            if path.relative_to(folder).as_posix() not in written:
                path.unlink(missing_ok=True)
    return written


def _questions(
    cases: dict[str, list[tuple[Image, str]]], results: list[Result], bugs: list[Bug]
) -> Iterator[QuestionPage]:
    required, by_case = RequiredLogs(CASES), BugsByCase(ROOT / "bugs")
    wanted = {bug.name for bug in bugs}
    answers: dict[str, list[Result]] = {}
    for result in results:
        answers.setdefault(result.name, []).append(result)
    for about in questions(sorted(cases)):
        name = about["name"]
        mine = [bug for bug in by_case.of(name) if bug.name in wanted]
        yield question_page(about, cases[name], mine, required, answers.get(name, []))


def _shows(bug: Bug, question: QuestionPage) -> bool:
    return any(bug.name == each.name for _, those in question.bugs for each, _ in those)


def _by_family(pages: list[QuestionPage]) -> dict[str, list[QuestionPage]]:
    families: dict[str, list[QuestionPage]] = {}
    for question in sorted(pages, key=lambda each: (each.family, each.name)):
        families.setdefault(question.family, []).append(question)
    return families


def _style() -> str:
    return "".join(files.read_text(TEMPLATES / name) for name in ("page.css", "site/site.css"))


def _filled(templates: jinja2.Environment, addresses: Collection[str], template: str, **values: Any) -> str:
    return templates.get_template(f"site/{template}").render(
        allowed=ALLOWED,
        addresses=addresses,
        letters=LETTERS,
        fate=fate,
        signs=SIGNS,
        number=number,
        bug_page=page_data.bug_page,
        question_page=page_data.question_page,
        **values,
    )
