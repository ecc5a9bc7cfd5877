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

FORM = re.compile(rf"{RULE}(?:@(?P<modes>\w+(?:,\w+)*))? (?P<about>[^:]+?)(?: x(?P<count>[1-9]\d*))?: (?P<words>[^:]+)")
NO = "!"  # a field that is not to be there
OR = "|"  # between values of which one is enough


@dataclass(frozen=True)
class LogRule:
    """Lines that have all of the words `about` have all of `words`, in `modes` or, if empty, in all.

    A block has `count` of them, if that is not 0.
    """

    about: Words
    words: Words
    modes: tuple[str, ...]
    count: int
    text: str

    def applies(self, mode: str) -> bool:
        return not self.modes or mode in self.modes

    def concerns(self, line: str, mode: str) -> bool:
        """Whether it is about a line, in the form that a required log's file has."""
        return self.applies(mode) and _has(line, self.about)

    def holds(self, line: str) -> bool:
        return _has(line, self.words)


def _has(line: str, wanted: Words) -> bool:
    words = tuple(line.split(" "))
    return all(
        all(word.partition("=")[0] != each.removeprefix(NO) for word in words)
        if each.startswith(NO)
        else any(has_all(words, (one,)) for one in _alternatives(each))
        for each in wanted
    )


def _alternatives(word: str) -> list[str]:
    """rip=a|b is rip=a or rip=b."""
    name, equals, values = word.partition("=")
    return [f"{name}{equals}{value}" for value in values.split(OR)]


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
            for word in (one for each in (*about, *words) for one in _alternatives(each)):
                check_word(word.removeprefix(NO))
        except ValueError as error:
            raise WrongQuestion(f"{path}:{number}: {error}") from None
        modes = tuple(form["modes"].split(",")) if form["modes"] else ()
        rules.append(LogRule(about, words, modes, int(form["count"] or 0), line))
    return rules


def objections(rules: Iterable[LogRule], lines: Iterable[str], mode: str) -> list[str]:
    """What the rules have against a log in this mode: lines that break one, too many or too few, or without a rule; or
    that there is none.
    """
    short = [in_any_mode(line, mode) for line in lines]
    found = [] if short else ["there is no line in it: a case that answers nothing asks nothing"]
    for rule in (rule for rule in rules if rule.count and rule.applies(mode)):
        count = sum(rule.concerns(line, mode) for line in short)
        if count != rule.count:
            found.append(f"there are {count} lines, not {rule.count}, for '{rule.text}'")
    for line in short:
        mine = [rule for rule in rules if rule.concerns(line, mode)]
        found += [f"'{line}' is against '{rule.text}'" for rule in mine if not rule.holds(line)]
        if not mine:
            found.append(f"no rule speaks of '{line}'")
    return found
