# SPDX-License-Identifier: BSD-2-Clause
"""Results in the Test Anything Protocol, version 13 (testanything.org), which kernels' and others' CI read.

What is known is a failure that is expected, which TAP calls TODO. An unusable result fails: TAP's SKIP would pass.
"""

import json
import re
from collections.abc import Iterator

from harness.judging.result import Result, Verdict
from harness.report.terminal import described
from harness.system.printable import printable


def points(results: list[Result]) -> str:
    """The plan, and a test point for each result; what is not green has its reason and both logs in a block of YAML."""
    return "\n".join(["TAP version 13", f"1..{len(results)}", *_points(results)]) + "\n"


def _points(results: list[Result]) -> Iterator[str]:
    for number, result in enumerate(results, 1):
        ok = "ok" if result.verdict is Verdict.PASS else "not ok"
        todo = f" # TODO known: {_words(result.judgement.bug)}" if result.verdict is Verdict.KNOWN else ""
        yield f"{ok} {number} - {_words(f'{result.case} on {result.platform} {result.debugger}')}{todo}"
        if not result.verdict.green:
            lines = described([result]).rstrip().splitlines()
            # A line of JSON is a line of YAML.
            yield from (
                "  ---",
                f"  verdict: {json.dumps(result.verdict.value)}",
                f"  said: {json.dumps(lines)}",
                "  ...",
            )


def _words(text: str) -> str:
    """A text that begins no directive."""
    return re.sub(r"([\\#])", r"\\\1", printable(text))
