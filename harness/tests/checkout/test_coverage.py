# SPDX-License-Identifier: BSD-2-Clause
"""docs/coverage.md and the catalogue speak of the same cases."""

import re

from harness.catalogue.image import read_images
from harness.catalogue.required import RequiredLogs
from harness.system.places import CASES, ROOT


def test_every_case_is_on_the_page_and_every_name_on_it_is_a_case():
    cases = {case.partition("@")[0] for image in read_images() for case in image.cases}
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").partition("## Not covered")[0]
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    named = re.findall(r"`([a-z0-9_]+)`", "\n".join(row.rsplit("|", 2)[1] for row in rows))
    assert set(named) == cases
    assert len(named) == len(set(named)), "a case stands in two places"


def test_no_log_is_empty_or_the_same_as_another_s():
    required = RequiredLogs(CASES)
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    for case in sorted(required.cases()):
        name, _, mode = case.partition("@")
        lines = required.lines(case, "GenuineIntel") or required.lines(case, "AuthenticAMD")
        assert lines, f"{case} has an empty log"
        other = seen.setdefault((mode, tuple(lines)), name)
        assert other == name, f"{case} has the same log as {other}"
