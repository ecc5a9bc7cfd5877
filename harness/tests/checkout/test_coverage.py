# SPDX-License-Identifier: BSD-2-Clause
"""docs/coverage.md, the catalogue and make witness speak of the same cases."""

import re

from harness.catalogue.debugger_modes import MODES
from harness.catalogue.image import read_images
from harness.catalogue.required import RequiredLogs
from harness.system.places import CASES, ROOT
from harness.witness.questions import read_questions


def test_every_case_is_on_the_page_and_every_name_on_it_is_a_case():
    cases = {case.partition("@")[0] for image in read_images() for case in image.cases}
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").partition("## Not covered")[0]
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    named = re.findall(r"`([a-z0-9_]+)`", "\n".join(row.rsplit("|", 2)[1] for row in rows))
    assert set(named) == cases
    assert len(named) == len(set(named)), "a case stands in two places"


OTHERS = "## What other projects' tests ask"


def rows_of_others() -> list[str]:
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").partition(OTHERS)[2]
    return [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| test ")]


def names_in(row: str) -> set[str]:
    """What the last column has in code's form."""
    return set(re.findall(r"`([a-z0-9_]+)`", row.rsplit("|", 2)[1]))


def test_what_other_projects_ask_names_cases_or_says_that_there_is_none():
    cases = {case.partition("@")[0] for image in read_images() for case in image.cases}
    for row in rows_of_others():
        assert names_in(row) <= cases | set(MODES), row
        assert names_in(row) or row.endswith("| none |"), row


def test_the_page_and_make_witness_speak_of_the_same_cases():
    rows = [row for row in rows_of_others() if row.startswith("| `debug.flat`")]
    asked = {case.partition("@")[0] for question in read_questions() for case in question.cases}
    assert set().union(*map(names_in, rows)) == asked


def test_no_log_is_empty_or_the_same_as_another_s():
    required = RequiredLogs(CASES)
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    for case in sorted(required.cases()):
        name, _, mode = case.partition("@")
        lines = required.lines(case, "GenuineIntel") or required.lines(case, "AuthenticAMD")
        assert lines, f"{case} has an empty log"
        other = seen.setdefault((mode, tuple(lines)), name)
        assert other == name, f"{case} has the same log as {other}"
