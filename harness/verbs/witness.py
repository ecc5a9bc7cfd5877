# SPDX-License-Identifier: BSD-2-Clause
"""The verb witness: kvm-unit-tests' debug.flat on each platform, beside the cases that ask the same."""

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.text import Text

from harness.catalogue.image import Image, read_images, select
from harness.platform import Platform, find_platforms
from harness.report import terminal
from harness.runs.runner import Runner, make_groups
from harness.settings import Settings
from harness.verbs.common import make_room
from harness.witness.debug_flat import find_debug_flat
from harness.witness.hear import hear, obstacle
from harness.witness.questions import Agreement, Question, by_chance, compare, read_questions

TRIES = 3  # where time decides whether it comes to its end


def witness(settings: Settings, kut: str) -> int:
    """Prints of each question whether both say the same; 1 where they do not, or where one cannot be asked at all."""
    console = terminal.make_console()
    program = find_debug_flat(kut)
    questions = read_questions()
    wanted = ",".join(dict.fromkeys(case for question in questions for case in question.cases))
    images = select(read_images(), wanted, "")
    platforms = find_platforms(settings.target, default="tcg")
    terminal.print_platforms(console, platforms)
    make_room(console, settings)
    agreed = [
        isinstance(platform, Platform) and _beside(console, settings, platform, program, questions, images)
        for platform in platforms
    ]
    return 0 if agreed and all(agreed) else 1


def _beside(
    console: Console,
    settings: Settings,
    platform: Platform,
    program: Path,
    questions: list[Question],
    images: list[Image],
) -> bool:
    """Asks both on one platform, and prints what they say; whether nothing is left that they disagree on."""
    console.print()
    if reason := obstacle(platform):
        console.print(Text(f"{platform.name}: {reason}"))
        return False
    for _ in range(TRIES):
        heard = hear(platform, program, settings.deadlines)
        if not by_chance(questions, heard):
            break
    runner = Runner(settings.jobs, settings.deadlines)
    results = [result for group in make_groups([platform], "detached", images) for result in runner.run(group)]
    rows = compare(questions, heard, results)
    cells = []
    for row in rows:
        style = "bold red" if row.agreement is Agreement.CONTRARY else ""
        both = Text(" ".join(filter(None, (row.agreement.value, row.why))), style)
        cells.append([Text(row.title), Text(row.heard), Text(row.ours), both])
    terminal.print_columns(console, ["debug.flat asks", "it says", "the cases say", ""], cells)
    counts = Counter(row.agreement for row in rows)
    agreed, contrary = counts[Agreement.SAME] + counts[Agreement.EXPLAINED], counts[Agreement.CONTRARY]
    words = f"{agreed} of {len(rows)} questions are answered alike, {contrary} differently"
    console.print(Text(f"{platform.name}: {words}, {counts[Agreement.UNTOLD]} by one side alone"))
    return agreed > 0 and contrary == 0
