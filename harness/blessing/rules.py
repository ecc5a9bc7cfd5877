# SPDX-License-Identifier: BSD-2-Clause
"""Rules: what the manuals require of the lines of a log, written before anything was run.

A required log begins with them (docs/log.md, "Rules"). What implementations agree on is held against them, for two
implementations can make the same mistake. laws.py has those that hold for every case.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.catalogue.log_file import RULE, read_comments
from harness.catalogue.modes import in_any_mode
from harness.judging.rewrite import Words, check_word, has_all
from harness.system.errors import WrongQuestion

FORM = re.compile(rf"{RULE}(?:@(?P<modes>\w+(?:,\w+)*))? (?P<about>[^:]+): (?P<words>[^:]+)")


@dataclass(frozen=True)
class LogRule:
    """Lines that have all of the words `about` have all of `words`, in `modes` or, if empty, in all."""

    about: Words
    words: Words
    modes: tuple[str, ...]
    text: str

    def concerns(self, line: str, mode: str) -> bool:
        """Whether it is about a line, in the form that a required log's file has."""
        return (not self.modes or mode in self.modes) and has_all(tuple(line.split(" ")), self.about)

    def holds(self, line: str) -> bool:
        return has_all(tuple(line.split(" ")), self.words)


def rules_of(path: Path) -> list[LogRule]:
    """The rules of a required log's file; none, where there is no file. Raises WrongQuestion with the place."""
    rules = []
    for number, line in read_comments(path) if path.exists() else []:
        if not line.startswith(RULE):
            continue
        form = FORM.fullmatch(line)
        if form is None:
            raise WrongQuestion(f"{path}:{number}: a rule reads '{RULE}[@MODE,MODE] WORDS: WORDS', not '{line}'")
        about, words = (tuple(form[part].split(" ")) for part in ("about", "words"))
        try:
            for word in (*about, *words):
                check_word(word)
        except ValueError as error:
            raise WrongQuestion(f"{path}:{number}: {error}") from None
        modes = tuple(form["modes"].split(",")) if form["modes"] else ()
        rules.append(LogRule(about, words, modes, line))
    return rules


def objections(rules: Iterable[LogRule], lines: Iterable[str], mode: str) -> list[str]:
    """What the rules have against a log in this mode: lines that break one, or of which none speaks."""
    found = []
    for line in (in_any_mode(line, mode) for line in lines):
        mine = [rule for rule in rules if rule.concerns(line, mode)]
        found += [f"'{line}' is against '{rule.text}'" for rule in mine if not rule.holds(line)]
        if not mine:
            found.append(f"no rule speaks of '{line}'")
    return found
