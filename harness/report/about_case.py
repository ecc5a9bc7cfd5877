# SPDX-License-Identifier: BSD-2-Clause
"""One case, explained: what it asks, what is required of it and on whose word, and the known bugs that show in it."""

from pathlib import Path

from harness.catalogue.files import file_of, files_of
from harness.catalogue.image import Image
from harness.catalogue.log_file import Shared, read_comments, read_shared
from harness.catalogue.modes import in_mode
from harness.catalogue.required import COMPUTED, FIXED, SCRIPTED, RequiredLogs
from harness.catalogue.source import read_source, without_licence
from harness.judging.affected import affected
from harness.judging.bugs import Bug, Sighting, as_list, matches
from harness.judging.concerned import concerned, debuggers, of_a_case
from harness.report.about_bug import ANY_CASE, ANYWHERE
from harness.report.sheet import INDENT, Sheet
from harness.system import files
from harness.system.places import ROOT


def explain_case(
    sheet: Sheet, name: str, images: list[Image], required: RequiredLogs, bugs: list[Bug], foundations: str
) -> None:
    """Explains the case of that name in the modes that the images have of it.

    `bugs` are those that may show in it; `foundations` say what its logs rest on, if it has any.
    """
    cases = [(image, case) for image in images for case in image.cases]
    modes = [case.partition("@")[2] for _, case in cases]
    sheet.heading(f"case {name}: {' '.join(modes)}")
    source = file_of(name, ".c")
    if source is not None:
        text = read_source(source)
        sheet.prose(text.asks)
        sheet.heading(_place(source))
        marks = dict.fromkeys(mark for image, case in cases for mark in image.marks(case))
        if marks:
            sheet.item(f"marks: {' '.join(marks)}")
        sheet.code(text.code, _place(source))
    for path in files_of(name):
        if path.suffix == FIXED:
            _explain_log(sheet, path, modes)
        elif path.suffix != ".c":
            sheet.heading(_place(path) + (": required is what these rules make of the log" * (path.suffix == COMPUTED)))
            sheet.code(without_licence(files.read_text(path).splitlines()), _place(path))
    if foundations:
        sheet.heading("what the guest's logs rest on")
        sheet.item(foundations)
    _explain_bugs(sheet, bugs, cases, required)


def _place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _explain_log(sheet: Sheet, path: Path, modes: list[str]) -> None:
    """The comments and rules of one file, and its blocks of these modes, each with who says the same."""
    blocks = [block for block in read_shared(path) if set(block.modes) & set(modes)]
    if not blocks:
        return
    whose = "gdb, by its command file" if path.name.endswith(SCRIPTED) else "the guest"
    sheet.heading(f"{_place(path)}: required of {whose}{f' in {modes[0]}' if len(modes) == 1 else ''}")
    why = "\n".join(without_licence([line for _, line in read_comments(path)])).rstrip().splitlines()
    sheet.text(why, _place(path))
    for block in blocks:
        sheet.out.print()
        sheet.text(_block_for(block, modes).text(), _place(path))


def _block_for(block: Shared, modes: list[str]) -> Shared:
    """The block as it is to be shown: of one mode alone, as the guest's log has it, else as the file has it."""
    mine = [mode for mode in block.modes if mode in modes]
    seen = {who: [mode for mode in its if mode in mine] for who, its in block.seen.items()}
    lines = [in_mode(line, mine[0]) for line in block.lines] if len(modes) == 1 else block.lines
    return Shared(block.word, block.case, mine, lines, seen)


def _explain_bugs(sheet: Sheet, bugs: list[Bug], cases: list[tuple[Image, str]], required: RequiredLogs) -> None:
    found = showing_in(cases, bugs, required)
    sheet.heading("known bugs, by platform" if found else "known bugs: none shows in it")
    for accel, those in found.items():
        sheet.line(f"{INDENT}{accel}")
        for bug in those:
            sheet.item(f"{bug.name}: {bug.title}{versions(bug, accel)}", INDENT + INDENT)


def showing_in(cases: list[tuple[Image, str]], bugs: list[Bug], required: RequiredLogs) -> dict[str, list[Bug]]:
    """Which of the bugs show in the cases, which are one in several modes, by accelerator."""
    found: dict[str, dict[str, Bug]] = {}
    for bug in bugs:
        for sighting in bug.seen:
            if _shows(sighting, cases, required):
                for accel in as_list(sighting.where.get("accel", ANYWHERE)):
                    found.setdefault(accel, {})[bug.name] = bug
    return {accel: list(those.values()) for accel, those in sorted(found.items())}


def versions(bug: Bug, accel: str) -> str:
    """Which versions have a bug, or that nobody has seen it, in brackets; empty where it is tied to none."""
    if all(sighting.basis == "source" for sighting in bug.seen):
        return " (predicted from source, never seen)"
    words = affected(bug, accel)
    return f" ({words})" if words else ""


def _shows(sighting: Sighting, cases: list[tuple[Image, str]], required: RequiredLogs) -> bool:
    """Whether it shows in one of the cases, which are one in several modes, on some platform."""
    if sighting.needs and sighting.where["case"] == ANY_CASE:
        return False  # what a case needs is in no log
    if not matches(cases[0][1].partition("@")[0], sighting.where["case"]):
        return False
    if any(required.rules(case) for _, case in cases):
        return sighting.where["case"] != ANY_CASE  # the log that it would change is computed from the one seen
    narrowed = of_a_case(sighting)
    return any(
        concerned(narrowed, {}, debugger, required, image, case)
        for image, case in cases
        for debugger in debuggers(narrowed, case)
    )
