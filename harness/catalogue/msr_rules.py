# SPDX-License-Identifier: BSD-2-Clause
"""Required logs that are computed from the CPU's own answers, by the rules in cases/FAMILY/NAME.toml.

Which MSRs a CPU has, and what must hold between their values, depends on what it says of itself. The log of such a
case begins with facts (`note vmx=1`), which are taken as said; each MSR follows (`note msr=0480 IA32_VMX_BASIC=...`),
with its value or #GP. MSRRules are expressions on these names (catalogue/expression.py).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.catalogue.expression import Bits, Expression, read_expression
from harness.catalogue.modes import MODES
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.tables import TEXT, TEXTS, Kind, check, list_of, shown

GP = "#GP"
ELSE = "else"  # where it has no value, it is #GP; another expression leaves what neither says undecided
SOME_VALUE = "value"  # stands where the log has #GP and any value would do


def _rows(count: int) -> Kind:
    row = Kind("", lambda value: TEXTS.has(value) and len(value) == count)
    return list_of(row, f"a list of lists of {count} texts each")


MODE = Kind("", lambda value: any(value in modes for modes in MODES.values()))
SHARED = {"modes": list_of(MODE, "a list of modes"), "facts": TEXTS}
KEYS = {**SHARED, "msrs": _rows(5), "values": _rows(3), "elsewhere": _rows(3)}
PROGRAM_KEYS = {**SHARED, "rules": TEXT, "reads": _rows(2), "dies": TEXTS}

FACT = re.compile(r"note (\w+)=(\d{1,9})")
MSR = re.compile(r"note msr=([0-9a-f]{4,8}) (\w+)=(#GP|[0-9a-f]{16})")


@dataclass(frozen=True)
class Register:
    """One MSR: it has a value if `exists`, and is #GP if `refused` (None: in all other cases)."""

    number: str
    name: str
    exists: Expression
    refused: Expression | None
    section: str

    def existence(self, known: dict[str, Bits]) -> bool | None:
        """Whether it has to exist; None where no rule says."""
        if self.exists.holds(known):
            return True
        return None if self.refused and not self.refused.holds(known) else False


@dataclass(frozen=True)
class MSRRule:
    """What must hold where all that it names have values; the line of `name` shows it where it does not."""

    name: str
    condition: Expression
    section: str


@dataclass(frozen=True)
class Answers:
    """What a log says: numbers by name; an MSR that was refused is in `values` as None."""

    facts: dict[str, int]
    values: dict[str, int | None]

    def known(self) -> dict[str, Bits]:
        """All names for rules to look up; what is not there has no bit set."""
        return {name: Bits(value or 0) for name, value in (self.facts | self.values).items()}


@dataclass(frozen=True)
class MSRRules:
    """All that is required of one case."""

    modes: tuple[str, ...]
    facts: tuple[str, ...]
    registers: tuple[Register, ...]
    values: tuple[MSRRule, ...]
    elsewhere: tuple[MSRRule, ...]

    def required(self, seen: list[str]) -> list[str]:
        """The log that the answers in `seen` require; it is `seen` itself where that breaks no rule."""
        answers = self.answers(seen)
        lines = [f"note {name}={answers.facts[name]}" for name in self.facts]
        return lines + [self.line(register, answers) for register in self.registers]

    def remarks(self, seen: list[str]) -> list[str]:
        """Where another text would want something else of this CPU."""
        answers = self.answers(seen)
        remarks = []
        for rule in self.elsewhere:
            register = next(register for register in self.registers if register.name == rule.name)
            mine, its = register.existence(answers.known()), rule.condition.holds(answers.known())
            if mine is not None and mine != its:
                remarks.append(
                    f"{rule.name} ({register.number}) {_existence(its)} by {rule.section} ({rule.condition.text}); "
                    f"it {_existence(mine)} by {register.section} ({register.exists.text}), which is required"
                )
        return remarks

    def answers(self, seen: list[str]) -> Answers:
        """The first answer to each question; 0 or #GP where there is none of the right form."""
        facts = dict.fromkeys(self.facts, 0)
        values: dict[str, int | None] = {register.name: None for register in self.registers}
        found = [match for line in reversed(seen) if (match := FACT.fullmatch(line) or MSR.fullmatch(line))]
        for match in found:
            if match.re is FACT and match[1] in facts:
                facts[match[1]] = int(match[2])
            elif match.re is MSR and match[2] in values:
                values[match[2]] = None if match[3] == GP else int(match[3], 16)
        return Answers(facts, values)

    def line(self, register: Register, answers: Answers) -> str:
        """What the MSR's line has to be."""
        known, value = answers.known(), answers.values[register.name]
        exists = register.existence(known)
        text = f"note msr={register.number} {register.name}="
        if exists is False:
            return text + GP
        if value is None:
            return text + (SOME_VALUE if exists else GP)
        for rule in self.values:
            if rule.name == register.name and self._applies(rule, answers) and not rule.condition.holds(known):
                return f"{text}{SOME_VALUE} with {rule.condition.text} ({rule.section})"
        return f"{text}{value:016x}"

    @staticmethod
    def _applies(rule: MSRRule, answers: Answers) -> bool:
        return all(answers.values.get(name, 0) is not None for name in rule.condition.names)


@dataclass(frozen=True)
class MSRReader:
    """What is required of a case that reads some of those MSRs as a program did, with no handler for #GP.

    It reads each of `reads` where the condition holds, in that order, and dies at the first one that does not exist:
    `dies` are the lines of that trap, the last ones.
    """

    rules: MSRRules
    modes: tuple[str, ...]
    facts: tuple[str, ...]
    reads: tuple[tuple[Register, Expression], ...]
    dies: tuple[str, ...]

    def required(self, seen: list[str]) -> list[str]:
        answers = self.rules.answers(seen)
        lines = [f"note {name}={answers.facts[name]}" for name in self.facts]
        for register, condition in self.reads:
            if not condition.holds(answers.known()):
                continue
            line = self.rules.line(register, answers)
            if line.endswith(f"={GP}"):
                return [*lines, *self.dies]
            lines.append(line)
        return lines

    def remarks(self, seen: list[str]) -> list[str]:
        return []


def _existence(exists: bool) -> str:
    return "exists" if exists else "does not exist"


def read_rules(path: Path) -> MSRRules | MSRReader:
    """The rules in one file. Raises WrongQuestion, with the place, where they are not of the form above."""
    table = _table(path)
    return _program(path, table) if "rules" in table else _rules(path, table)


def _table(path: Path) -> dict[str, Any]:
    table = files.read_toml(path, "ascii")
    kinds = PROGRAM_KEYS if "rules" in table else KEYS
    if sorted(table) != sorted(kinds):
        raise WrongQuestion(f"{path}: has to have {', '.join(kinds)}")
    check(table, kinds, str(path))
    return table


def _expression(path: Path, text: str, names: Collection[str]) -> Expression:
    try:
        return read_expression(text, names)
    except ValueError as error:
        raise WrongQuestion(f"{path}: {shown(text)}: {error}") from None


def _rules(path: Path, table: dict[str, Any]) -> MSRRules:
    names = {*table["facts"], *(row[1] for row in table["msrs"])}

    def rules(key: str) -> tuple[MSRRule, ...]:
        for name, *_ in table[key]:
            if name not in names:
                raise WrongQuestion(f"{path}: {key}: there is no {name}")
        return tuple(MSRRule(name, _expression(path, text, names), section) for name, text, section in table[key])

    registers = tuple(
        Register(
            number,
            name,
            _expression(path, exists, names),
            None if refused == ELSE else _expression(path, refused, names),
            section,
        )
        for number, name, exists, refused, section in table["msrs"]
    )
    return MSRRules(tuple(table["modes"]), tuple(table["facts"]), registers, rules("values"), rules("elsewhere"))


def _program(path: Path, table: dict[str, Any]) -> MSRReader:
    if not re.fullmatch(r"\w+", table["rules"]):
        raise WrongQuestion(
            f"{path}: rules = {shown(table['rules'])}: it wants the name of a file beside it, without .toml"
        )
    beside = path.with_name(f"{table['rules']}.toml")
    its = _table(beside)
    if "rules" in its:
        raise WrongQuestion(f"{path}: rules = '{table['rules']}': that has none of its own")
    rules = _rules(beside, its)
    registers = {register.name: register for register in rules.registers}
    for name, _ in table["reads"]:
        if name not in registers:
            raise WrongQuestion(f"{path}: reads: there is no {name}")
    names = [*rules.facts, *registers]
    reads = tuple((registers[name], _expression(path, text, names)) for name, text in table["reads"])
    return MSRReader(rules, tuple(table["modes"]), tuple(table["facts"]), reads, tuple(table["dies"]))
