# SPDX-License-Identifier: BSD-2-Clause
"""Known bugs: bugs/NAME.toml, and where each shows, as what. docs/add-a-bug.md describes the format."""

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.catalogue.modes import in_any_mode, in_mode
from harness.judging.endless import Endless
from harness.judging.result import RESET, Result, Verdict
from harness.judging.rewrite import Logs, Rewrite, alike, before
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.tables import FLAG, TABLES, TEXT, TEXTS, WORDS, Kind, check, list_of, shown

# What a sighting may be tied to: patterns, and ranges of versions; one or a list of them.
PATTERNS = (
    *("accel", "engine", "xen_args", "debugger", "gdb", "case", "mode"),
    *("machine", "backend", "vendor", "cpu", "cpus"),
)
# Those that follow from the result; the others are facts of the platform.
OF_RESULTS = ("debugger", "gdb", "case", "mode")
EXCEPT = "except"  # cases that `case` has and the bug has not
RANGES = ("qemu", "kernel", "bochs", "v86", "xen", "windows")
OUTCOMES = (
    *("rewrite", "debugger_rewrite", "debugger_extra", "endless"),
    *("verdict", "ends_at", "stderr", "cause"),
    *("needs", "dies"),
)
BASES = ("observed", "source")

PAIR = Kind('a pair ["words required", "words seen"]', lambda value: TEXTS.has(value) and len(value) == 2)
PAIRS = list_of(PAIR, 'a list of pairs ["words required", "words seen"]')

# What a file holds, each of its [[seen]], and each of their [[seen.clean]].
BUG = {"title": TEXT, "reports": TEXTS, "case": WORDS, "seen": TABLES}
CONDITIONS = dict.fromkeys((*PATTERNS, EXCEPT, *RANGES), WORDS)
SEEN = {
    **CONDITIONS,
    **dict.fromkeys(OUTCOMES, TEXT),
    **{"rewrite": PAIRS, "debugger_rewrite": PAIRS, "endless": PAIR, "ends_at": WORDS},
    **{"basis": TEXT, "sometimes": FLAG, "clean": TABLES},
}

# A range of versions: what judging/affected.py can say of, without the parts of versions that no program here has.
RANGE = re.compile(r" *(>=|>|<=|<|==) *\d{1,9}(\.\d{1,9})*(\.\*)? *", re.ASCII)

VERSION = re.compile(r"\d+(\.\d+)*", re.ASCII)

# Of the strings in a file, those that may be patterns of cases.
WITH_WILDCARDS = re.compile(r"""["'](\w*[*?[][\w*?[\]!-]*)["']""")


def _rewritten(log: list[str], rewrites: list[Rewrite]) -> list[str]:
    return list(_made_of(tuple(log), tuple(rewrites)))


@lru_cache(maxsize=1024)  # a case is judged in each debugger mode, and by several sightings together
def _made_of(log: tuple[str, ...], rewrites: tuple[Rewrite, ...]) -> list[str]:
    lines = list(log)
    for rewrite in rewrites:
        lines = rewrite.of(lines)
    return lines


def required_logs(result: Result) -> Logs | None:
    """The logs required of both observers; None where one of them is not there."""
    if result.required is None or result.debugger_required is None:
        return None
    return list(result.required), list(result.debugger_required)


@dataclass
class Sighting:
    """Where a bug shows (`where`), and as what.

    `rewrite`, `endless`, `debugger_rewrite` and `debugger_extra` say what it makes of the required logs. `verdict`,
    `stderr` and `cause` say how the boot ends, and `ends_at` before which line of the guest's log; `needs` what the CPU
    lacks. `dies` is a trap in the required log: the case plays the part of a program, and the bug is the program's.
    `clean` are the conditions under which it was looked for and is absent, for people.
    """

    where: dict[str, Any]
    rewrite: list[Rewrite] = field(default_factory=list)
    debugger_rewrite: list[Rewrite] = field(default_factory=list)
    debugger_extra: str = ""
    endless: Endless | None = None
    verdict: str = ""
    ends_at: str | list[str] = ""
    stderr: str = ""
    cause: str = ""
    needs: str = ""
    dies: str = ""
    sometimes: bool = False
    basis: str = "observed"
    clean: list[dict[str, Any]] = field(default_factory=list, repr=False, compare=False)

    def applies(self, facts: dict[str, str]) -> bool:
        """Whether the facts (see PATTERNS and RANGES) meet all conditions; an unknown fact meets none."""
        return all(_meets(facts, key, wanted) for key, wanted in self.where.items())

    def may_show(self, facts: dict[str, str]) -> bool:
        """Whether these facts, which need not be all, meet the conditions on them."""
        known = [(key, wanted) for key, wanted in self.where.items() if ("case" if key == EXCEPT else key) in facts]
        return all(_meets(facts, key, wanted) for key, wanted in known)

    @property
    def rewrites(self) -> bool:
        logs = self.rewrite or self.endless or self.debugger_rewrite or self.debugger_extra
        return bool(logs) and not self.verdict

    def rewritten(self, logs: Logs, mode: str) -> Logs:
        """The logs required in `mode` as they look where this bug shows.

        The guest's is rewritten in the form of a required log's file, where what follows from the mode is left out.
        """
        guest, debugger = logs
        debugger = _rewritten(debugger, self.debugger_rewrite)
        if self.rewrite or self.endless:
            short = _rewritten([in_any_mode(line, mode) for line in guest], self.rewrite)
            if self.endless:
                short, debugger = self.endless.of(short, debugger)
            guest = [in_mode(line, mode) for line in short]
        return guest, debugger

    def explains(self, result: Result) -> bool:
        """Whether the result is this bug, exactly as recorded; logs rewritten are another function's."""
        if self.needs:
            return result.complete and not result.debugger_seen and result.seen == [f"needs {self.needs}"]
        if self.dies:
            return result.verdict is Verdict.PASS
        if result.verdict.value != self.verdict:
            return False
        if result.verdict is Verdict.DIFFERS:
            return True
        cause = (result.plain or result.judgement).cause
        begun = self.begun(result)
        return self.stderr in result.stderr and self.cause in cause and begun is not None and alike(begun, result.seen)

    def begun(self, result: Result) -> list[str] | None:
        """What the guest's log has come to where the boot ends with this bug; None where nothing is required.

        A reset is its last line, as in required logs.
        """
        if result.required is None:
            return None
        guest, _ = self.rewritten((list(result.required), []), result.mode)
        short = [in_any_mode(line, result.mode) for line in guest]
        last = [RESET] if self.verdict == Verdict.RESET.value else []
        return [*(in_mode(line, result.mode) for line in before(short, as_list(self.ends_at))), *last]

    def concerns(self, result: Result) -> bool:
        """Whether this bug would show in the case at all."""
        required = required_logs(result)
        if self.dies:
            return required is not None and any(self.dies in line for line in required[0])
        if not self.rewrites or self.debugger_extra:
            return True
        return required is not None and self.rewritten(required, result.mode) != required


@dataclass
class Bug:
    name: str
    title: str
    reports: list[str]
    seen: list[Sighting]


def _meets(facts: dict[str, str], key: str, wanted: str | list[str]) -> bool:
    if key == EXCEPT:
        return not matches(facts.get("case", ""), wanted)
    fact = facts.get(key, "")
    if key == "gdb":
        return any(matches(word, wanted) for word in fact.split())
    return (_in_range if key in RANGES else matches)(fact, wanted)


def matches(fact: str, wanted: str | list[str]) -> bool:
    """Whether the fact matches the pattern, or one of several."""
    return any(_matches(fact, pattern) for pattern in as_list(wanted))


@lru_cache(maxsize=None)
def _matches(fact: str, pattern: str) -> bool:
    """fnmatch forgets compiled patterns as soon as there are 256, and a run asks for the same ones again and again."""
    return fnmatch.fnmatchcase(fact, pattern)


def as_list(wanted: str | list[str]) -> list[str]:
    """The patterns of a condition."""
    return wanted if isinstance(wanted, list) else [wanted]


def version_of(fact: str) -> str:
    """The version that a fact begins with, as 6.1.0-56-amd64 does; "" for one that begins with none."""
    version = VERSION.match(fact)
    return version.group() if version else ""


def _in_range(fact: str, wanted: str | list[str]) -> bool:
    """Whether the version that `fact` begins with is in the range (">=5.0,<9.1") or one of them."""
    version = version_of(fact)
    return version != "" and any(_contains(range_, version) for range_ in as_list(wanted))


@lru_cache(maxsize=None)
def _contains(range_: str, version: str) -> bool:
    return SpecifierSet(range_).contains(version)


def _rewrites(pairs: list[list[str]], path: Path) -> list[Rewrite]:
    try:
        return [Rewrite.read(*pair) for pair in pairs]
    except ValueError as error:
        raise WrongQuestion(f"{path}: {error}") from None


def _is_range(wanted: Any) -> bool:
    """Whether it is a range of versions, or several."""
    try:
        return WORDS.has(wanted) and all(
            all(RANGE.fullmatch(part) for part in text.split(",")) and SpecifierSet(text) for text in as_list(wanted)
        )
    except InvalidSpecifier:
        return False


def _meet(where: dict[str, Any], clean: dict[str, Any]) -> bool:
    """Whether a case on one machine can meet the conditions of both.

    Two patterns are taken to have something in common where one of them matches the other.
    """
    for key in where.keys() & clean.keys() - {EXCEPT}:
        here, there = as_list(where[key]), as_list(clean[key])
        if key in RANGES:
            common = any(_have_versions_in_common(*pair) for pair in product(here, there))
        else:
            both = [*(each for each in here if matches(each, there)), *(each for each in there if matches(each, here))]
            excepted = [*as_list(where.get(EXCEPT, [])), *as_list(clean.get(EXCEPT, []))] if key == "case" else []
            common = any(not matches(each, excepted) for each in both)
        if not common:
            return False
    return True


def _have_versions_in_common(here: str, there: str) -> bool:
    """Whether two ranges have; what both have begins at 0, at one of their ends, or just above it."""
    both = SpecifierSet(f"{here},{there}")
    ends = ["0", *(specifier.version.removesuffix(".*") for specifier in both)]
    return any(both.contains(version) for end in ends for version in (end, f"{end}.0.0.1"))


def _check(table: dict[str, Any], kinds: dict[str, Kind], path: Path, holder: str) -> None:
    for key in RANGES:
        if key in table and not _is_range(table[key]):
            raise WrongQuestion(f"{path}: {key} = {shown(table[key])} is no range of versions like '>=5.0,<9.1'")
    check(table, kinds, str(path), holder)


def _sighting(table: dict[str, Any], case: str | list[str], path: Path) -> Sighting:
    _check(table, SEEN, path, "[[seen]]")
    where = {"case": case} | {key: value for key, value in table.items() if key in CONDITIONS}
    outcome = {key: value for key, value in table.items() if key not in CONDITIONS}
    for clean in outcome.get("clean", []):
        _check(clean, CONDITIONS, path, "[[seen.clean]]")
    for key in ("rewrite", "debugger_rewrite"):
        if key in outcome:
            outcome[key] = _rewrites(outcome[key], path)
    if "endless" in outcome:
        (rewrite,) = _rewrites([outcome["endless"]], path)
        if not rewrite.old:
            raise WrongQuestion(f"{path}: 'endless' names the words required of the line that comes again and again")
        outcome["endless"] = Endless(rewrite)
    sighting = Sighting(where, **outcome)
    outcomes = [sighting.rewrites, bool(sighting.verdict), bool(sighting.needs), bool(sighting.dies)]
    if outcomes.count(True) != 1:
        raise WrongQuestion(
            f"{path}: each [[seen]] wants one of: a rewrite of the required logs, 'endless', a verdict, 'needs', 'dies'"
        )
    if sighting.verdict and sighting.verdict not in [verdict.value for verdict in Verdict if not verdict.green]:
        raise WrongQuestion(f"{path}: there is no verdict {shown(sighting.verdict)} to be known by")
    if bool(sighting.ends_at) == (sighting.verdict in ("", Verdict.DIFFERS.value)):
        raise WrongQuestion(f"{path}: 'ends_at', with a verdict, says before which line of the guest's log a boot ends")
    if sighting.basis not in BASES:
        raise WrongQuestion(f"{path}: basis is {' or '.join(BASES)}, not {shown(sighting.basis)}")
    for clean in sighting.clean if sighting.basis == "observed" else ():
        if _meet(where, {"case": where["case"]} | clean):
            words = f"[[seen.clean]] {shown(clean)} says absent where its [[seen]] says present: narrow one of them"
            raise WrongQuestion(f"{path}: {words}")
    return sighting


def read_bug(path: Path) -> Bug:
    """The bug in one file. Raises WrongQuestion with its name."""
    table = files.read_toml(path)
    check(table, BUG, str(path), "a bug", required=BUG)
    sightings = [_sighting(seen, table["case"], path) for seen in table["seen"]]
    return Bug(path.stem, table["title"], table["reports"], sightings)


def read_bugs(directory: Path) -> list[Bug]:
    """All bugs of a directory. Raises WrongQuestion."""
    bugs = [read_bug(path) for path in sorted(directory.glob("*.toml"))]
    _check_that_each_is_another(bugs, directory)
    return bugs


def _check_that_each_is_another(bugs: Iterable[Bug], directory: Path) -> None:
    """Raises WrongQuestion where two have seen the same."""
    found: dict[str, str] = {}
    for bug in bugs:
        for sighting in bug.seen:
            where = {key: sorted(as_list(wanted)) for key, wanted in sorted(sighting.where.items())}
            name = found.setdefault(repr((where, replace(sighting, where={}, clean=[]))), bug.name)
            if name != bug.name:
                words = f"what it has seen is in {directory / name}.toml too: take one of them out"
                raise WrongQuestion(f"{directory / bug.name}.toml: {words}")


class BugsByCase:
    """The bugs of a directory. A file that names no case that is asked for is not parsed."""

    def __init__(self, directory: Path, instead: Bug | None = None) -> None:
        """`instead` of the file of the same name."""
        self._directory = directory
        self._texts = {path: files.read_text(path) for path in sorted(directory.glob("*.toml"))}
        self._patterns = {path: WITH_WILDCARDS.findall(text) for path, text in self._texts.items()}
        self.read = {instead.name: instead} if instead else {}
        self._found: dict[str, list[Bug]] = {}

    def of(self, case: str) -> list[Bug]:
        """Those that may show in the case of that name, and maybe more; from now on `read` has them by their names."""
        if case not in self._found:
            found = [
                path
                for path, text in self._texts.items()
                if f'"{case}"' in text or f"'{case}'" in text or matches(case, self._patterns[path])
            ]
            self.read |= {path.stem: read_bug(path) for path in found if path.stem not in self.read}
            self._found[case] = [self.read[path.stem] for path in found]
            _check_that_each_is_another(self._found[case], self._directory)
        return self._found[case]
