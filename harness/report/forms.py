# SPDX-License-Identifier: BSD-2-Clause
"""A known bug's report in the form that a project's tracker wants, by the templates in templates/upstream/."""

import functools
import re
import textwrap
from typing import Any

import jinja2

from harness.report.filling import make_environment
from harness.system.places import TEMPLATES

# Columns of a mail's text.
MAIL_WIDTH = 72


def fill_in(form: str, values: dict[str, Any]) -> str:
    """The text of a report by the template of that name, which ends in .md, or in .txt for a mail."""
    mail = form.endswith(".txt")
    text = _environment(mail).get_template(form).render(values)
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    return wrapped(text) if mail else text


@functools.cache
def _environment(mail: bool) -> jinja2.Environment:
    environment = make_environment(TEMPLATES / "upstream")
    environment.filters["code"] = indented if mail else fenced
    environment.filters["prose"] = str if mail else prose
    return environment


def fenced(lines: list[str], language: str = "") -> str:
    """Lines as Markdown's code."""
    return "\n".join([f"```{language}", *lines, "```"])


def indented(lines: list[str], language: str = "") -> str:
    """Lines as code in a mail, whatever their language."""
    return "\n".join(f"    {line}".rstrip() for line in lines)


def wrapped(text: str) -> str:
    """A mail's paragraphs in lines that a list takes and a reader can quote; its header and its code as they are."""
    header, empty, body = text.partition("\n\n")
    return header + empty + "".join(_wrapped_line(line) for line in body.splitlines(keepends=True))


def _wrapped_line(line: str) -> str:
    if len(line) <= MAIL_WIDTH or line.startswith("    "):
        return line
    item = "  " if line.startswith("- ") else ""
    whole_words = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.fill(line, MAIL_WIDTH, subsequent_indent=item, **whole_words) + "\n"


def prose(text: str) -> str:
    """Text in which Markdown takes nothing for its own."""
    return re.sub(r"(\*|<(?=[A-Za-z/!]))", r"\\\1", text)
