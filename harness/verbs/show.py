# SPDX-License-Identifier: BSD-2-Clause
"""The verb show: a case, a known bug or a verdict, explained."""

from harness.blessing.foundations import foundations
from harness.catalogue.files import files_of
from harness.catalogue.image import Image, meant, read_images, select
from harness.catalogue.required import FIXED, SCRIPTED, RequiredLogs
from harness.judging.bugs import BugsByCase, read_bug
from harness.judging.result import MEANINGS, Verdict
from harness.report import terminal
from harness.report.about_bug import explain_bug
from harness.report.about_case import explain_case
from harness.report.sheet import Sheet
from harness.system.errors import WrongQuestion
from harness.system.places import CASES, ROOT, calling

VERDICTS = {verdict.value.rstrip("?"): verdict for verdict in Verdict}  # a shell takes ? for a pattern


def show(words: list[str]) -> int:
    """Explains each word: all that it names. Raises WrongQuestion, before a word is said, where it names nothing."""
    if not words:
        raise WrongQuestion(f"show: say what: a case or a known bug, as '{calling('list')}' has them, or a verdict")
    images = read_images()
    for word in words:
        find(word, images)
    sheet, required = Sheet(terminal.make_console()), RequiredLogs(CASES)
    bugs = BugsByCase(ROOT / "bugs")
    for word in words:
        explain(sheet, word, images, required, bugs)
    return 0


def find(word: str, images: list[Image]) -> tuple[list[Image], bool, Verdict | None]:
    """What a word names: a case, by the images that have it; a bug; a verdict. Raises WrongQuestion if nothing."""
    names = {case.partition("@")[0] for image in images for case in image.cases}
    bugs = [path.stem for path in (ROOT / "bugs").glob("*.toml")]
    name, _, mode = word.partition("@")
    chosen = select(images, name, mode) if name in names else []
    verdict = VERDICTS.get(word.rstrip("?"))
    if not chosen and word not in bugs and verdict is None:
        everything = [*names, *bugs, *(each.value for each in Verdict)]
        raise WrongQuestion(f"show {word}: no case, bug or verdict has this name: {meant(word, sorted(everything))}")
    return chosen, word in bugs, verdict


def explain(sheet: Sheet, word: str, images: list[Image], required: RequiredLogs, bugs: BugsByCase) -> None:
    """Explains all that the word names."""
    chosen, is_bug, verdict = find(word, images)
    if chosen:
        name = word.partition("@")[0]
        cases = {case for image in chosen for case in image.cases}
        logs = [path for path in files_of(name) if path.suffix == FIXED and not path.name.endswith(SCRIPTED)]
        explain_case(sheet, name, chosen, required, bugs.of(name), foundations(logs, cases).of_one_case())
    if is_bug:
        explain_bug(sheet, read_bug(ROOT / "bugs" / f"{word}.toml"), images, required)
    if verdict:
        meaning = MEANINGS[verdict]
        sheet.heading(f"verdict {verdict.value}: {'green' if verdict.green else 'not green'}")
        sheet.item(meaning.text)
        sheet.item(f"What next: {meaning.then}.")
