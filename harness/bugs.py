# SPDX-License-Identifier: BSD-2-Clause
"""Known bugs: bugs/NAME.toml, and what they make of a result. docs/add-a-bug.md describes the format."""

import fnmatch
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.errors import WrongQuestion
from harness.verdict import Result, Verdict

# What a sighting may be tied to: patterns (one or a list of them), and ranges of versions.
PATTERNS = ("accel", "debugger", "case", "mode", "machine", "backend", "vendor", "cpu", "cpus")
RANGES = ("qemu", "kernel", "bochs")
OUTCOMES = ("rewrite", "verdict", "stderr", "needs")
BASES = ("observed", "source")


@dataclass
class Sighting:
    """Where a bug shows (`where`), and as what: the required log rewritten, another verdict, or a want."""

    where: dict
    rewrite: list[list[str]] = field(default_factory=list)
    verdict: str = ""
    stderr: str = ""
    needs: str = ""
    basis: str = "observed"

    def applies(self, facts: dict[str, str]) -> bool:
        """Whether the facts (see PATTERNS and RANGES) meet all conditions; an unknown fact meets none."""
        return all(
            _in_range(facts.get(key, ""), wanted) if key in RANGES else matches(facts.get(key, ""), wanted)
            for key, wanted in self.where.items()
        )

    def rewritten(self, required: list[str]) -> list[str]:
        """The required log as it looks where this bug shows."""
        text = "\n".join(required)
        for old, new in self.rewrite:
            text = text.replace(old, new)
        return text.split("\n") if text else []

    def explains(self, result: Result) -> bool:
        """Whether the result is this bug, exactly as recorded."""
        if self.rewrite:
            if result.verdict is not Verdict.DIFFERS or result.required is None or result.debugger_lines:
                return False
            rewritten = self.rewritten(result.required)
            return result.seen == rewritten != result.required
        if self.needs:
            return result.complete and not result.debugger_lines and result.seen == [f"needs {self.needs}"]
        return result.verdict.value == self.verdict and self.stderr in result.stderr

    def concerns(self, result: Result) -> bool:
        """Whether this bug would show in the case at all."""
        return not self.rewrite or (result.required is not None and self.rewritten(result.required) != result.required)


@dataclass
class Bug:
    name: str
    title: str
    reports: list[str]
    seen: list[Sighting]


def matches(fact: str, wanted: str | list[str]) -> bool:
    """Whether the fact matches the pattern, or one of several."""
    patterns = wanted if isinstance(wanted, list) else [wanted]
    return any(fnmatch.fnmatchcase(fact, pattern) for pattern in patterns)


def _in_range(fact: str, wanted: str) -> bool:
    """Whether the version that `fact` begins with (7.2.22, 6.1.0-56-amd64) is in the range (">=5.0,<9.1")."""
    version = re.match(r"\d+(\.\d+)*", fact)
    return bool(version) and SpecifierSet(wanted).contains(version.group())


def _sighting(table: dict, case: str, path: Path) -> Sighting:
    where = {"case": case}
    outcome = {}
    for key, value in table.items():
        if key in RANGES:
            try:
                SpecifierSet(value)
            except (InvalidSpecifier, AttributeError):
                raise WrongQuestion(f"{path}: {key} = {value!r} is no range of versions like '>=5.0,<9.1'") from None
            where[key] = value
        elif key in PATTERNS:
            where[key] = value
        elif key in OUTCOMES or key == "basis":
            outcome[key] = value
        elif key != "clean":
            known = ", ".join((*PATTERNS, *RANGES, *OUTCOMES, "basis", "clean"))
            raise WrongQuestion(f"{path}: '{key}' is nothing that [[seen]] can hold: {known}")
    sighting = Sighting(where, **outcome)
    if [bool(sighting.rewrite), bool(sighting.verdict), bool(sighting.needs)].count(True) != 1:
        raise WrongQuestion(f"{path}: each [[seen]] wants either a rewrite of the required log, a verdict or 'needs'")
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in sighting.rewrite):
        raise WrongQuestion(f'{path}: rewrite is a list of pairs ["required text", "text seen"]')
    if sighting.verdict and sighting.verdict not in [verdict.value for verdict in Verdict if not verdict.green]:
        raise WrongQuestion(f"{path}: there is no verdict '{sighting.verdict}' to be known by")
    if sighting.basis not in BASES:
        raise WrongQuestion(f"{path}: basis is {' or '.join(BASES)}, not '{sighting.basis}'")
    return sighting


def read_bug(path: Path) -> Bug:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongQuestion(f"{path}: not valid TOML: {error}") from None
    for key in ("title", "reports", "case", "seen"):
        if key not in table:
            raise WrongQuestion(f"{path}: '{key}' is missing")
    sightings = [_sighting(seen, table["case"], path) for seen in table["seen"]]
    return Bug(path.stem, table["title"], table["reports"], sightings)


def read_bugs(directory: Path) -> list[Bug]:
    return [read_bug(path) for path in sorted(directory.glob("*.toml"))]


def classify(result: Result, facts: dict[str, str], bugs: list[Bug]) -> None:
    """Turns the verdict into `known` or `fixed?` where a bug that was observed says so.

    `facts` are the platform's, without those that the result itself holds. Sightings with basis "source"
    are predictions and change nothing.
    """
    facts = facts | {"case": result.name, "mode": result.mode, "debugger": result.debugger}
    for bug in bugs:
        for sighting in bug.seen:
            if sighting.basis != "observed" or not sighting.applies(facts) or not sighting.concerns(result):
                continue
            if sighting.explains(result):
                result.verdict, result.bug, result.reason = Verdict.KNOWN, bug.name, bug.title
                return
            if result.verdict is Verdict.PASS:
                result.verdict, result.bug = Verdict.FIXED, bug.name
                result.reason = f"bugs/{bug.name}.toml records this as broken here"
                return
