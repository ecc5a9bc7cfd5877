# SPDX-License-Identifier: BSD-2-Clause
"""Required logs are blessed, not typed: what independent implementations agree on goes into cases/FAMILY/NAME.log.

The rules that stand there already (harness/blessing/rules.py) come first: what is against them is not written. Where
implementations differ, a person chooses, by the manuals. The steps of a debugger need no more than one implementation,
but must be such as the code and the guest's required log allow (harness/blessing/allowed.py), and are written only
where they do not follow from both (harness/catalogue/walk.py). Where they do not, they are taken only from one whose
guest answered as is required: with another answer, other steps come.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from harness.catalogue.log_file import UNWITNESSED, Name, read_blocks, updated
from harness.catalogue.required import log_of
from harness.judging.affected import accelerator_of
from harness.judging.compare import align
from harness.judging.result import Result, Verdict
from harness.report.terminal import print_difference
from harness.system import files
from harness.system.whole import write_whole

# What a log begins with that is not there yet. The words fail a test (tests/catalogue/test_catalogue.py), so that they
# do not stay.
TO_FILL_IN = "What is required and why is to be written here by a person."
HEADER = f"; SPDX-License-Identifier: BSD-2-Clause\n; {TO_FILL_IN}\n"


@dataclass
class Answer:
    """What one implementation says of a case: its lines; or None, and why it says nothing.

    `silent` if it could not be asked, for instance for want of CPUs: then it does not count.
    """

    implementation: str
    lines: list[str] | None
    remark: str = ""
    silent: bool = False


@dataclass
class Decision:
    """What is to become of one case@mode: `lines` are required, unless None; `words` say how that was found.

    `chosen` if it was a person who said so; `follows` if the lines follow from what is required already.
    """

    lines: list[str] | None
    words: str
    chosen: bool = False
    follows: bool = False


def answer_of(result: Result) -> Answer:
    """The answer in a result, whatever the log required so far makes of it."""
    if result.complete and result.seen[:1] and result.seen[0].startswith("needs "):
        return Answer(result.platform, None, f"it {result.seen[0]}", silent=True)
    if result.complete and all(line.isascii() for line in result.seen):
        return Answer(result.platform, result.seen, f"known as {result.judgement.bug}" if result.judgement.bugs else "")
    could_not_start = result.verdict is Verdict.UNUSABLE and not result.seen
    return Answer(result.platform, None, f"{result.verdict.value}: {result.reason}", silent=could_not_start)


def steps_of(result: Result, detached: Result) -> Answer:
    """The answer of a debugger that stepped, which counts only where the guest has not noticed."""
    if result.complete and result.seen == detached.seen:
        return Answer(result.platform, result.debugger_seen)
    if result.verdict is Verdict.UNUSABLE and not result.seen:
        return Answer(result.platform, None, f"unusable: {result.reason}", silent=True)
    return Answer(result.platform, None, "the guest noticed that it was stepped", silent=True)


def noticed(debugged: list[Result], alone: Mapping[tuple[str, str], Result]) -> dict[str, list[str]]:
    """By case, the debugger modes in which the guest sees what it does not see `alone` (by platform and case).

    Where a gdb that has nothing to do with the case changes an answer, the answer without it may be wrong as well.
    """
    found: dict[str, list[str]] = {}
    for result in debugged:
        if result.complete and result.seen != alone[result.platform, result.case].seen:
            words = f"{result.platform} answers something else in debugger mode {result.debugger}"
            found.setdefault(result.case, []).append(f"{words}; --choose takes an answer all the same")
    return found


def decide_steps(answers: list[Answer], doubts: list[str], walked: list[str]) -> Decision:
    """The same as decide() for steps, of answers that come with the required log of the guest or follow from the code.

    `doubts` are what is impossible in the first answer that counts, `walked` are the steps that follow from the code.
    """
    counted = [answer for answer in answers if not answer.silent]
    names = " and ".join(answer.implementation for answer in counted)
    if not counted:
        return Decision(None, "nobody has stepped through it unnoticed whose guest answers as required")
    if any(answer.lines != counted[0].lines for answer in counted):
        return Decision(None, f"{names} differ")
    if doubts:
        return Decision(None, f"{names}: {'; '.join(doubts)}")
    follows = counted[0].lines == walked
    return Decision(
        counted[0].lines, f"stepped by {names}, as the code {'says' if follows else 'allows'}", follows=follows
    )


def decide(answers: list[Answer], choice: str) -> Decision:
    """What the answers to one question amount to; `choice` is the implementation that a person chose, or ""."""
    counted = [answer for answer in answers if not answer.silent]
    names = " and ".join(answer.implementation for answer in counted)
    independent = len({accelerator_of(answer.implementation) for answer in counted}) > 1  # not tcg and tcg+icount
    if independent and all(answer.lines == counted[0].lines is not None for answer in counted):
        return Decision(counted[0].lines, f"agreed on by {names}")
    chosen = next((answer for answer in counted if answer.implementation == choice), None)
    if chosen is not None and chosen.lines is not None:
        others = " and ".join(answer.implementation for answer in counted if answer.lines != chosen.lines)
        against = f"against {others}" if others else "alone"
        return Decision(chosen.lines, f"said by {choice}, {against}", chosen=True)
    if independent or any(answer.lines != counted[0].lines for answer in counted):
        return Decision(None, f"{names} differ")
    return Decision(None, f"only {names} answer{'s' * (len(counted) == 1)}" if counted else "nobody answers")


def log_path(directory: Path, name: str, vendor: str) -> Path:
    """The file that holds what is required of the case NAME on a CPU of this vendor (CPUID's text)."""
    family = next((path.parent for path in directory.rglob(f"{name}.*")), directory)
    return family / log_of(name, vendor, {path.name for path in family.glob(f"{name}.*")})


def witness(facts: Mapping[str, str]) -> str:
    """An implementation as a required log names it: what it is, its version, and the CPU that it was to be."""
    accel = facts["accel"]
    version = next((facts[key] for key in ("kernel", "windows", "qemu", accel) if facts.get(key)), "")
    return " ".join(filter(None, (facts.get("backend") or accel, version, facts.get("cpu", ""))))


def bless_log(
    console: Console,
    path: Path,
    questions: dict[Name, list[Answer]],
    witnesses: dict[str, str],
    decisions: Callable[[Name, list[Answer]], Decision],
    objections: Callable[[Name, list[str]], list[str]],
    replace: bool,
) -> bool:
    """Decides the questions (the answers by block), and writes and prints what that gives.

    `witnesses` are the implementations' names in a log, by their platforms'. What there are `objections` to is not
    written. A block of the file that says something else is replaced only by what was chosen, or if `replace`. Returns
    whether the file has now all that was asked.
    """
    blocks = read_blocks(path) if path.exists() else {}
    present = {name: lines for name, lines in blocks.items() if lines != UNWITNESSED}
    new: dict[Name, list[str] | None] = {}
    seen: dict[Name, list[str]] = {}
    settled = True
    for name, answers in questions.items():
        decision = decisions(name, answers)
        against = objections(name, decision.lines) if decision.lines is not None else []
        words = f"{' '.join(name)}: {decision.words}: "
        if decision.lines is None:
            settled = False
            same = [one.implementation for one in answers if name in present and one.lines == present[name]]
            words += (
                f"nothing is written; --choose NAME takes one's answer{f', as {path.name} has it: ' if same else ''}"
            )
            words += " or ".join(same)
        elif against:
            settled = False
            words += "nothing is written:"
        elif decision.follows and name not in blocks:
            words += "no block is needed"
        elif present.get(name) == decision.lines and not decision.follows:
            words += f"{path.name} has it"
        elif name in present and not (decision.chosen or replace):
            settled = False
            words += f"{path.name} has something else: nothing is written; --replace takes this"
        else:
            words += f"{'replaced' if name in present else 'written'} in {path.name}"
            new[name] = None if decision.follows else decision.lines
        if new.get(name, present.get(name)) == decision.lines is not None and not against:
            seen[name] = [witnesses[answer.implementation] for answer in answers if answer.lines == decision.lines]
        console.print(Text(words))
        for objection in against:
            console.print(Text(f"    {objection}"))
        _print_answers(console, answers, present.get(name), decision.lines, path.name)
    there = path.exists()
    text = files.read_text(path, "ascii") if there else HEADER
    after = updated(text, new, seen)
    if (new or seen) and after != text:
        write_whole(path, after, encoding="ascii")
    if new:
        advice = "its comments are as before: do they still hold?" if there else "its first comment is yours to write"
        console.print(Text(f"{path}: {advice}"))
    return settled


def _print_answers(
    console: Console, answers: list[Answer], present: list[str] | None, lines: list[str] | None, name: str
) -> None:
    """Each answer that differs from the first beside it, and what the file had beside what is to be there."""
    for answer in answers:
        if answer.remark:
            console.print(Text(f"    {answer.implementation}: {answer.remark}"))
    sides = [(answer.implementation, answer.lines) for answer in answers if answer.lines is not None]
    pairs = [(sides[0], other) for other in sides[1:] if other[1] != sides[0][1]]
    if not pairs and present is not None and lines is not None and present != lines:
        pairs = [((name, present), sides[0])]
    for (one, required), (other, seen) in pairs:
        console.print(Text(f"    - {one}\n    + {other}"))
        print_difference(console, align(required, seen), (one, other))
