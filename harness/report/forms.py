# SPDX-License-Identifier: BSD-2-Clause
"""A known bug's report in the form that a project's tracker wants, by the templates in templates/upstream/."""

import re
from typing import Any

import jinja2

from harness.system.places import TEMPLATES


def fill_in(form: str, values: dict[str, Any]) -> str:
    """The text of a report by the template of that name, which ends in .md, or in .txt for a mail."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "upstream"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["code"] = indented if form.endswith(".txt") else fenced
    environment.filters["prose"] = str if form.endswith(".txt") else prose
    text = environment.get_template(form).render(values)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def fenced(lines: list[str], language: str = "") -> str:
    """Lines as Markdown's code."""
    return "\n".join([f"```{language}", *lines, "```"])


def indented(lines: list[str], language: str = "") -> str:
    """Lines as code in a mail, whatever their language."""
    return "\n".join(f"    {line}".rstrip() for line in lines)


def prose(text: str) -> str:
    """Text in which Markdown takes nothing for its own."""
    return re.sub(r"(\*|<(?=[A-Za-z/!]))", r"\\\1", text)
