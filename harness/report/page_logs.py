# SPDX-License-Identifier: BSD-2-Clause
"""What a page shows of logs, each text and each comparison once, however many results have it."""

from collections.abc import Sequence
from typing import Any

from harness.judging.compare import align
from harness.judging.result import Result, Verdict
from harness.report.problems import logs_without_required
from harness.report.terminal import collapsed
from harness.runs import read

LONGEST_COMPARISON = 400  # rows of one; the rest is in the run's folder
MOST_ROWS = 40_000  # of all comparisons, so that the page can be sent
MOST_OUTPUTS = 50  # of hypervisors


class PageLogs:
    """Texts and comparisons by their numbers.

    A comparison is its rows, each as (text required, text seen, how many more like it follow), -1 for no text, and
    how many rows it has beside those.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.comparisons: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}
        self._compared: dict[tuple, int] = {}
        self._rows = 0
        self._outputs: dict[Any, list[int]] = {}

    def text(self, text: str) -> int:
        """The number of a text."""
        number = self._numbers.setdefault(text, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
        return number

    def lines(self, lines: Sequence[str]) -> list[int]:
        return [self.text(line) for line in lines]

    def of(self, result: Result) -> dict[str, Any]:
        """Both logs of each observer that differ (`logs`), those that nothing is required of, and what was said."""
        found: dict[str, Any] = {}
        if result.verdict is Verdict.UNUSABLE:
            found["alone"] = self.lines(logs_without_required(result)[:LONGEST_COMPARISON])
        elif result.verdict is not Verdict.PASS:
            logs = []
            for observer, beside, seen in zip(
                ("guest", "debugger"), result.beside, (result.seen, result.debugger_seen)
            ):
                if beside is not None and beside != seen and (seen or not result.verdict.green):
                    logs.append([self.text(observer), self.text(result.beside_title), self._compare(beside, seen)])
            found["logs"] = logs
        if not result.verdict.green and result.verdict is not Verdict.DIFFERS:
            found["said"] = self._output(result)
        return {name: value for name, value in found.items() if value}

    def _compare(self, beside: list[str], seen: list[str]) -> int:
        key = (tuple(beside), tuple(seen))
        if key not in self._compared:
            rows = list(collapsed(align(beside, seen)))
            shown = rows[: min(LONGEST_COMPARISON, MOST_ROWS - self._rows)]
            self._rows += len(shown)
            self._compared[key] = len(self.comparisons)
            numbers = [
                [*(-1 if side is None else self.text(side) for side in (row.required, row.seen)), more]
                for row, more in shown
            ]
            self.comparisons.append({"rows": numbers, "left": len(rows) - len(shown)})
        return self._compared[key]

    def _output(self, result: Result) -> list[int]:
        """What the hypervisor said, of the first VMs that have a verdict of their own."""
        if result.run is None or (result.run not in self._outputs and len(self._outputs) >= MOST_OUTPUTS):
            return []
        if result.run not in self._outputs:
            self._outputs[result.run] = self.lines(read.output(result.run))
        return self._outputs[result.run]
