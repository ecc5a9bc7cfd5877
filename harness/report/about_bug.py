# SPDX-License-Identifier: BSD-2-Clause
"""One known bug, explained: where it was seen, is absent or is predicted, what it looks like, how to look for it."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.catalogue.files import files_of
from harness.catalogue.image import Image
from harness.catalogue.required import RequiredLogs, log_of
from harness.catalogue.source import without_licence
from harness.judging.affected import PROGRAMS
from harness.judging.bugs import EXCEPT, PATTERNS, RANGES, Bug, Sighting, as_list, matches, required_logs
from harness.judging.compare import Row, align
from harness.judging.concerned import debuggers, of_a_case, showing
from harness.judging.result import Result, Verdict
from harness.report.sheet import INDENT, Sheet
from harness.report.terminal import print_difference
from harness.system import files
from harness.system.places import ROOT
from harness.system.printable import printable

ANYWHERE = "any platform"
ANY_CASE = "*"
MOST_ROWS = 2  # of lines that are other ones; the bug's file has the rest


def explain_bug(sheet: Sheet, bug: Bug, images: list[Image], required: RequiredLogs) -> None:
    """Explains a bug; what is required of the images' cases shows what it looks like."""
    sheet.heading(f"bug {bug.name}: {bug.title}")
    sheet.prose(story(bug))
    sheet.line(f"{INDENT}bugs/{bug.name}.toml")
    sheet.heading("reports" if bug.reports else "reports: none yet")
    for address in bug.reports:
        sheet.line(f"{INDENT}{address}")
    for sighting in bug.seen:
        _explain_sighting(sheet, sighting, images, required)
    sheet.heading("to look for it")
    for words in ways_to_look(bug):
        sheet.line(f"{INDENT}{words}")


def story(bug: Bug) -> list[str]:
    """What its file says first, in lines."""
    text = files.read_text(ROOT / "bugs" / f"{bug.name}.toml")
    head = itertools.takewhile(lambda line: line.startswith("#"), text.splitlines())
    return [line.removeprefix("#").strip() for line in without_licence(head)]


def ways_to_look(bug: Bug) -> list[str]:
    """The commands that look for it."""
    observed = [sighting for sighting in bug.seen if sighting.basis == "observed"]
    ways = [f"make repro BUG={bug.name}"] if observed else []
    if len(observed) < len(bug.seen):
        patterns = [case for each in bug.seen if each not in observed for case in as_list(each.where["case"])]
        ways.append(f"make run CASE='{','.join(dict.fromkeys(patterns))}', where it is predicted")
    return ways


def absent(sighting: Sighting) -> list[str]:
    """Where it was looked for and is not, in words."""
    accel = {key: wanted for key, wanted in sighting.where.items() if key == "accel"}
    return list(dict.fromkeys(conditions(accel | clean) for clean in sighting.clean))


def _explain_sighting(sheet: Sheet, sighting: Sighting, images: list[Image], required: RequiredLogs) -> None:
    basis = "seen" if sighting.basis == "observed" else "predicted from source, never seen"
    sheet.heading(f"{basis}: {conditions(sighting.where)}{', not each time' if sighting.sometimes else ''}")
    for words in absent(sighting):
        sheet.line(f"{INDENT}absent: {words}")
    patterns = as_list(sighting.where["case"])
    cases = "any that has what it is about" if patterns == [ANY_CASE] else ", ".join(patterns)
    sheet.item(f"cases: {cases}")
    for words in signs(sighting):
        sheet.item(words)
    name, rows = _example(sighting, images, required)
    if rows:
        sheet.line(f"{INDENT}{name}, required (-) and with this bug (+):")
        print_difference(sheet.out, rows[:MOST_ROWS], ("required", "with this bug"))
        if (more := len(rows) - MOST_ROWS) > 0:
            sheet.line(f"{INDENT}... and {more} more")


def _example(sighting: Sighting, images: list[Image], required: RequiredLogs) -> tuple[str, list[Row]]:
    """The first case whose log it makes another, and the lines that are others; where no log is fixed, the words."""
    for asked in _concerned(sighting, images, required):
        if rows := _rows(sighting, asked):
            return _name(asked), rows
    return "in its words", in_its_words(sighting)


def in_its_words(sighting: Sighting) -> list[Row]:
    """The words required, and those seen instead."""
    return [
        Row(*(printable("; ".join(map(" ".join, side))) or None for side in (pair.old, pair.new)))
        for pair in (*sighting.rewrite, *sighting.debugger_rewrite)
    ]


def _name(example: Result) -> str:
    """The case and the debugger mode; the vendor too, where it has a log of its own."""
    logs = {path.name for path in files_of(example.name)}
    own = log_of(example.name, example.vendor, logs) != log_of(example.name, "", logs)
    return f"{example.case} {example.debugger}{f' on {example.vendor}' if own else ''}"


def conditions(where: dict[str, Any]) -> str:
    """Where a sighting is, in words: the accelerator, the versions, and what else it is tied to."""
    told = [key for key in (*RANGES, *PATTERNS, EXCEPT) if key in where and key not in ("accel", "case")]
    words = [f"{PROGRAMS.get(key, key)} {' or '.join(as_list(where[key]))}" for key in told]
    return ", ".join([" or ".join(as_list(where.get("accel", ANYWHERE))), *words])


def signs(sighting: Sighting) -> list[str]:
    """What it looks like beside the lines of logs."""
    said = []
    if sighting.needs:
        said.append(f"The guest says 'needs {sighting.needs}', and nothing else.")
    if sighting.dies:
        said.append(f"The case passes, and has '{sighting.dies}': the program whose part it plays died there.")
    if sighting.verdict == Verdict.DIFFERS.value:
        said.append("The log is another one each time.")
    elif sighting.verdict:
        places = "' or '".join(as_list(sighting.ends_at))
        said.append(f"The verdict is {sighting.verdict}, and the guest's log ends before '{places}'.")
    if sighting.stderr:
        said.append(f"The hypervisor says: {sighting.stderr}")
    if sighting.cause:
        said.append(f"The reason has: {sighting.cause}")
    if sighting.debugger_extra:
        said.append(f"gdb's log has lines more: {sighting.debugger_extra}")
    return said


def _concerned(sighting: Sighting, images: list[Image], required: RequiredLogs) -> Iterator[Result]:
    """What is required of the cases whose logs it makes others, in the order of the bug's file."""
    if not (sighting.rewrites or sighting.rewrite):
        return
    narrowed = of_a_case(sighting)
    for pattern in as_list(sighting.where["case"]):
        for image in images:
            for case in image.cases:
                if matches(case.partition("@")[0], pattern):
                    for debugger in debuggers(narrowed, case):
                        yield from showing(narrowed, {}, debugger, required, image, case)


def _rows(sighting: Sighting, asked: Result) -> list[Row]:
    """The lines that are others where it shows, of the guest's log and gdb's."""
    logs = required_logs(asked)
    if logs is None:
        return []
    pairs = list(zip(logs, sighting.rewritten(logs, asked.mode)))
    if sighting.verdict:  # no log goes on after the machine's end
        pairs = [(replace(sighting, rewrite=[]).begun(asked) or [], sighting.begun(asked) or [])]
    rows = [row for before, after in pairs for row in align(before, after) if not row.same]
    return [Row(*(side and printable(side) for side in (row.required, row.seen))) for row in rows]
