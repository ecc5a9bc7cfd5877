# SPDX-License-Identifier: BSD-2-Clause
"""The verb bless: what independent implementations agree on becomes a required log."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from rich.text import Text

from harness.blessing.allowed import complaints
from harness.blessing.bless import (
    Answer,
    Decision,
    answer_of,
    bless_log,
    decide,
    decide_steps,
    log_path,
    noticed,
    steps_of,
    witness,
)
from harness.blessing.hardware import take_witness
from harness.blessing.laws import breaches
from harness.blessing.rules import LogRule, objections, rules_of
from harness.catalogue import debugger_modes
from harness.catalogue.code import code_of
from harness.catalogue.files import file_of
from harness.catalogue.image import Image, meant, read_images, select
from harness.catalogue.log_file import GUEST, STEPS, Name, read_blocks
from harness.catalogue.modes import MODES
from harness.catalogue.required import SCRIPTED
from harness.catalogue.walk import walk
from harness.debugger.gdb import find_gdb
from harness.judging.result import Result
from harness.platform import Platform, find_platforms
from harness.report import terminal
from harness.runs.runner import Runner, make_groups
from harness.settings import Settings
from harness.system.errors import WrongQuestion
from harness.system.places import CASES, ROOT
from harness.verbs.common import make_room, run_groups

# The debugger modes in which gdb is there, and does nothing that has a log of its own.
PRESENT = [mode for mode in debugger_modes.MODES if mode not in ("detached", "step", "script")]


def bless(settings: Settings, choice: str, replace: bool, witness_log: str = "", directory: Path = CASES) -> int:
    """Asks all implementations at hand for the case CASE, and writes its required log by their answers.

    With a log from a real CPU, notes what that says, of all its cases.
    """
    if witness_log:
        if settings.case:
            raise WrongQuestion(f"--witness {witness_log}: takes all cases of the log: leave {settings.case} out")
        return take_witness(witness_log, directory)
    console = terminal.make_console()
    images = read_images()
    names = sorted({case.partition("@")[0] for image in images for case in image.cases})
    if settings.case not in names:
        hint = meant(settings.case, names)
        raise WrongQuestion(f"there is no case {settings.case}: {hint} (bless takes one at a time, by its name)")
    if rules := file_of(settings.case, ".toml"):
        raise WrongQuestion(f"what {settings.case} requires is computed by the rules in {rules.relative_to(ROOT)}")
    images = select(images, settings.case, settings.mode)
    platforms = find_platforms(settings.target, default="all")
    terminal.print_platforms(console, platforms)
    asked = [platform for platform in platforms if isinstance(platform, Platform) and not platform.reservations]
    for name in [platform.name for platform in platforms if isinstance(platform, Platform) and platform.reservations]:
        console.print(Text(f"{name}: not asked, for it is no reference"))
    witnesses = {platform.name: witness(platform.facts) for platform in asked}
    if choice and choice not in witnesses:
        raise WrongQuestion(f"--choose {choice}: it is none of those that are asked: {', '.join(witnesses)}")

    def by_choice(_: Name, said: list[Answer]) -> Decision:
        return decide(said, choice)

    make_room(console, settings)
    runner = Runner(settings.jobs, settings.deadlines)
    gdb = find_gdb()
    stepping = [platform for platform in asked if "step" in platform.debuggers and gdb]
    detached = _ask(runner, asked, "detached", images)
    alone = {(result.platform, result.case): result for result in detached}
    watched = [] if choice else _ask(runner, stepping, ",".join(PRESENT), images)
    against = partial(_objections, images, noticed(watched, alone))
    console.print()
    settled = [
        bless_log(console, path, answers, witnesses, by_choice, partial(against, rules_of(path)), replace)
        for path, answers in _by_log(directory, [(result, GUEST, answer_of(result)) for result in detached]).items()
    ]
    if not stepping:
        console.print(Text("no steps: none that is asked has a gdb" if gdb else "no steps: gdb is not on the PATH"))
        return 1
    steps = _ask(runner, stepping, "step", images)
    console.print()
    said = [(result, STEPS, steps_of(result, alone[result.platform, result.case])) for result in steps]
    for path, answers in _by_log(directory, said).items():
        by_code = partial(_decide_steps, images, read_blocks(path) if path.exists() else {}, alone)
        settled.append(bless_log(console, path, answers, witnesses, by_code, _none, replace))
    scripts = _ask(runner, stepping, "script", images)
    console.print()
    said = [(result, GUEST, steps_of(result, alone[result.platform, result.case])) for result in scripts]
    for path, answers in _by_log(directory, said, SCRIPTED).items():
        settled.append(bless_log(console, path, answers, witnesses, by_choice, _none, replace))
    return 0 if settled and all(settled) else 1


def _ask(runner: Runner, platforms: list[Platform], debugger: str, images: list[Image]) -> list[Result]:
    results: list[Result] = []
    run_groups(runner, make_groups(platforms, debugger, images), results)
    return results


def _objections(
    images: list[Image], debugged: dict[str, list[str]], rules: list[LogRule], name: Name, lines: list[str]
) -> list[str]:
    """What there is against the lines: the rules of the log, the laws of all, and answers that a debugger changes."""
    case = name[1]
    if not rules:
        return ["its log has no rules: first write down what the manuals require (docs/add-a-case.md)"]
    mode = case.partition("@")[2]
    code = code_of(next(image for image in images if case in image.cases), case)
    repeated = {instruction.place for body in code for instruction in body if instruction.repeated}
    return [*objections(rules, lines, mode), *breaches(lines, mode, repeated), *debugged.get(case, [])]


def _none(*_: object) -> list[str]:
    """No objections: gdb's part rests on the code."""
    return []


def _decide_steps(
    images: list[Image],
    required: dict[Name, list[str]],
    alone: Mapping[tuple[str, str], Result],
    name: Name,
    said: list[Answer],
) -> Decision:
    case = name[1]
    if (GUEST, case) not in required:
        return Decision(None, "there is no required log of the guest yet")
    code = code_of(next(image for image in images if case in image.cases), case)
    guest = required[GUEST, case]
    walked = walk(code, guest)
    right = [answer for answer in said if answer.lines == walked or alone[answer.implementation, case].seen == guest]
    steps = next((answer.lines for answer in right if answer.lines is not None), None)
    return decide_steps(right, complaints(code, steps, guest) if steps else [], walked)


def _by_log(
    directory: Path, said: list[tuple[Result, str, Answer]], suffix: str = ""
) -> dict[Path, dict[Name, list[Answer]]]:
    """The answers by required log and block; each comes with its result and the word that begins its block."""
    questions: dict[Path, dict[Name, list[Answer]]] = {}
    modes = [mode for modes in MODES.values() for mode in modes]
    for result, word, answer in sorted(said, key=lambda each: modes.index(each[0].mode)):
        path = log_path(directory, result.name, result.vendor)
        if suffix:
            path = path.with_name(f"{result.name}{suffix}")
        questions.setdefault(path, {}).setdefault((word, result.case), []).append(answer)
    return questions
