# SPDX-License-Identifier: BSD-2-Clause
"""Results as rows of a table: all modes of a case of which each column says the same are one."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from harness.judging.result import Result
from harness.report.problems import with_modes

Column = tuple[str, str]  # a platform and a debugger mode


@dataclass(frozen=True)
class TableRow:
    """Modes of one case (NAME@MODE), `whole` if they are all that there are, and what each column says of them."""

    cases: list[str]
    whole: bool
    values: dict[Column, Any]

    @property
    def name(self) -> str:
        return self.cases[0].partition("@")[0]

    @property
    def label(self) -> str:
        return case_label(self.cases, self.whole)


def columns_of(results: list[Result]) -> list[Column]:
    """The columns, in the order of the results."""
    return list(dict.fromkeys((result.platform, result.debugger) for result in results))


def merged_rows(results: list[Result], value: Callable[[Result], Hashable]) -> list[TableRow]:
    """The rows, by name, where `value` is what a column says of a result."""
    said: dict[str, dict[Column, Hashable]] = {}
    for result in results:
        said.setdefault(result.case, {})[result.platform, result.debugger] = value(result)
    alike: dict[tuple, list[str]] = {}
    for case, values in sorted(said.items()):
        alike.setdefault((case.partition("@")[0], frozenset(values.items())), []).append(case)
    names = Counter(name for name, _ in alike)
    return [TableRow(cases, names[name] == 1, said[cases[0]]) for (name, _), cases in alike.items()]


def case_label(cases: list[str], whole: bool) -> str:
    """Modes of one case (NAME@MODE) in a word; `whole` if they are all that there are."""
    if whole and len(cases) > 1:
        return f"{cases[0].partition('@')[0]}, {len(cases)} modes"
    return ", ".join(with_modes(cases))
