# SPDX-License-Identifier: BSD-2-Clause
"""The catalogue holds together: images, required logs and known bugs speak of the same cases."""

import functools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from harness.blessing.allowed import complaints
from harness.blessing.bless import TO_FILL_IN
from harness.blessing.laws import breaches
from harness.blessing.rules import objections, rules_of
from harness.catalogue.code import Code, code_of
from harness.catalogue.image import read_images
from harness.catalogue.log import BYE
from harness.catalogue.modes import in_any_mode
from harness.catalogue.msr_rules import MSRReader, MSRRules, read_rules
from harness.catalogue.log_file import GUEST, STEPS, UNWITNESSED, Name, read_blocks, read_seen, updated
from harness.catalogue.required import SCRIPTED, VENDORS, RequiredLogs
from harness.catalogue.walk import walk
from harness.judging.bugs import matches
from harness.judging.result import Verdict
from harness.judging.judge import compare
from harness.system.places import CASES
from harness.tests.known_bugs import BUGS

LOGS = sorted(CASES.glob("*/*.log"))
RULES = sorted(CASES.glob("*/*.toml"))


def test_every_case_has_a_required_log_and_every_log_a_case():
    cases = {case for image in read_images() for case in image.cases}
    assert cases == RequiredLogs(CASES).cases()


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_a_required_log_says_each_thing_once(path):
    """It stands as bless would write it: modes that require the same share a block."""
    reasons = [line for line in path.read_text().splitlines() if line.startswith((";", "rule"))]
    assert path.read_text() == updated("\n".join(reasons), read_blocks(path), read_seen(path))


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_a_required_log_names_its_reasons(path):
    """A comment with a manual's section, and blocks that bear the file's name."""
    comments = [line for line in path.read_text().splitlines() if line.startswith(";")]
    if path.name.endswith(SCRIPTED):
        assert len(comments) > 1 and not any(TO_FILL_IN in line for line in comments)
    else:
        assert any("Vol. " in line and '"' in line for line in comments)
    assert {case.partition("@")[0] for _, case in read_blocks(path)} == {path.name.partition(".")[0]}


def test_no_log_is_empty_or_another_case_s():
    """What ran shows in the log itself: a case that answers nothing, or what another answers, asks nothing."""
    owners: dict[tuple[str, ...], str] = {}
    for path in LOGS:
        for (word, case), lines in read_blocks(path).items():
            if word == GUEST and not path.name.endswith(SCRIPTED):
                name = case.partition("@")[0]
                assert lines, f"{case} requires nothing"
                assert owners.setdefault(tuple(lines), name) == name, case


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_a_required_log_keeps_the_rules_above_it(path):
    """Each rule is about a line, and could be broken: with another of its words, it is."""
    rules = rules_of(path)
    assert rules or path.name.endswith(SCRIPTED), "nobody has written down what the manuals require"
    blocks = {name: lines for name, lines in read_blocks(path).items() if name[0] == GUEST}
    lines = [
        (in_any_mode(line, mode), mode)
        for (_, case), block in blocks.items()
        for mode in [case.partition("@")[2]]
        for line in block
    ]
    for (word, case), block in blocks.items() if rules else []:
        assert objections(rules, block, case.partition("@")[2]) == []
    for rule in rules:
        mine = [line for line, mode in lines if rule.concerns(line, mode)]
        assert mine, f"no line is about '{rule.text}'"
        for word in rule.words:
            assert not replace(rule, words=(contrary(word),)).holds(mine[0]), f"'{rule.text}' cannot be broken"


def contrary(word: str) -> str:
    if word.startswith("!"):
        return word.removeprefix("!")
    name, equals, value = word.partition("=")
    return f"{name}={1 - int(value)}" if "." in name else f"{word.replace('|', 'x|')}x"


def test_required_logs_keep_the_laws():
    images = {case: image for image in read_images() for case in image.cases}
    required = RequiredLogs(CASES)
    for case, image in images.items():
        repeated = {each.place for body in code_of(image, case) for each in body if each.repeated}
        for vendor in VENDORS:
            lines = [] if required.rules(case) else required.lines(case, vendor) or []
            assert breaches(lines, case.partition("@")[2], repeated) == [], case


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_every_change_to_a_log_is_caught(path):
    """Each line dropped or doubled, each word dropped, each character changed: never `pass`. Equal blocks are one."""
    for word, text in {(word, tuple(lines)) for (word, _), lines in read_blocks(path).items()}:
        lines = list(text)
        for mutant, right in [(lines, lines), *mutants(lines)]:
            logs = (mutant, right) if word == GUEST else (lines, lines, mutant, right)
            verdict, _ = compare(*logs)
            assert (verdict is Verdict.PASS) == (mutant is right), mutant


def test_required_steps_are_such_as_the_code_allows():
    """Those that a file has do not follow from the code already, which would say them twice."""
    written = {
        case: (path, lines) for path in LOGS for (word, case), lines in read_blocks(path).items() if word == STEPS
    }
    for case, code, guest, steps in stepped():
        assert complaints(code, steps, guest) == [], case
        assert case not in written or steps != walk(code, guest), f"{written[case][0]} has steps that follow"


# Those that no TCG at hand can run: what has a gdbstub.
UNSTEPPED = ("vmx_", "vme_", "tf_", "pvi", "nested_inject_next_rip")


def test_what_nobody_has_stepped_through_is_not_required():
    required = RequiredLogs(CASES)
    for image in read_images():
        for case in image.cases:
            steps = required.debugger_lines("step", case, "GenuineIntel", code_of(image, case))
            assert steps != UNWITNESSED and (steps is not None or case.startswith(UNSTEPPED))


def test_every_change_to_steps_that_follow_is_caught():
    for steps in {tuple(steps) for _, _, _, steps in stepped()}:
        for mutant, right in mutants(list(steps)):
            assert compare([], [], mutant, right)[0] is Verdict.DIFFERS, mutant


@functools.cache
def stepped() -> list[tuple[str, Code, list[str], list[str]]]:
    """Each case that a debugger steps through, its code, and what is required of the guest and of the debugger."""
    required = RequiredLogs(CASES)
    found = []
    for image in read_images():
        for case in image.cases:
            for vendor in VENDORS:
                guest, code = required.lines(case, vendor), code_of(image, case)
                steps = required.debugger_lines("step", case, vendor, code)
                if guest and steps:
                    found.append((case, code, guest, steps))
    return found


def mutants(lines: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """What is no longer the log, and what it was: all of it where a line is, each line that it has where a part is."""
    for index, line in enumerate(lines):
        before, after = lines[:index], lines[index + 1 :]
        for instead in ([], [line, line], [f"{line} more=1"]):
            yield [*before, *instead, *after], lines
    for line in dict.fromkeys(lines):
        for position in range(len(line)):
            changed = chr(ord(line[position]) ^ 1)
            yield [line[:position] + changed + line[position + 1 :]], [line]
        words = line.split()
        for position in range(len(words)):
            yield [" ".join(words[:position] + words[position + 1 :])], [line]


def computed_examples(rules: MSRRules | MSRReader) -> list[list[str]]:
    """What is required of a CPU that has nothing, and of one that has everything and does not show it."""
    return [rules.required([f"note {fact}={number}" for fact in rules.facts]) for number in (0, 9)]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_a_computed_log_is_one_of_a_case_without_bodies(path):
    """Its file has no fixed log beside it, and a section for each rule; what it requires is stable."""
    rules = read_rules(path)
    assert not list(path.parent.glob(f"{path.stem}.*log"))
    if isinstance(rules, MSRRules):
        assert all(row.section for row in (*rules.registers, *rules.values, *rules.elsewhere))
    nothing, everything = computed_examples(rules)
    assert rules.required(nothing) == nothing and rules.required(everything) == everything
    for image in read_images():
        assert all(not image.marks(f"{path.stem}@{mode}") for mode in rules.modes)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_known_bug_changes_the_log_of_its_case(bug):
    """Each rewrite finds lines in a log of the case and mode that its [[seen]] speaks of, or that those before it make.

    It names what happens in them where that is not the same in all: a #DB's field is not changed in a note by chance.
    """
    for sighting in bug.seen:
        name, mode = sighting.where["case"], sighting.where.get("mode", "*")

        def concerned(case: str) -> bool:
            return matches(case.partition("@")[0], name) and matches(case.partition("@")[2], mode)

        files = [path for path in LOGS if matches(path.name.partition(".")[0], name)]
        blocks = [block for path in files for block in blocks_of(path).items() if concerned(block[0][1])]
        guest = [
            [in_any_mode(line, case.partition("@")[2]) for line in lines]
            for (word, case), lines in blocks
            if word == GUEST
        ]
        if name == BYE:  # after all cases, of which no line is required
            guest = [[]]
        debugger = [lines for _, lines in blocks]
        debugger += [steps for case, _, _, steps in stepped() if sighting.debugger_rewrite and concerned(case)]
        for path in RULES:
            rules, examples = ruled(path)
            if any(concerned(f"{path.stem}@{its}") for its in rules.modes):
                guest += examples
        assert guest, f"no case {name} in mode {mode}"
        for rewrites, required in ((sighting.rewrite, guest), (sighting.debugger_rewrite, debugger)):
            left = required
            for rewrite in rewrites:
                found = [line for lines in required for line in rewrite.found_in(lines)]
                found = found or [line for lines in left for line in rewrite.found_in(lines)]
                assert rewrite.old != rewrite.new and found, f"{rewrite} rewrites nothing"
                assert rewrite.is_meant_for(found), f"{rewrite} is about lines of several kinds: {found}"
                left = [rewrite.of(lines) for lines in left]


@functools.cache
def ruled(path: Path) -> tuple[MSRRules | MSRReader, list[list[str]]]:
    rules = read_rules(path)
    return rules, computed_examples(rules)


@functools.cache
def blocks_of(path: Path) -> dict[Name, list[str]]:
    return read_blocks(path)


def test_no_case_has_the_name_of_what_comes_after_the_last():
    assert not [case for image in read_images() for case in image.cases if case.partition("@")[0] == BYE]


def test_no_two_bodies_have_one_name():
    """The harness finds a body by its name, whichever case's file it is in."""
    for image in read_images():
        with image.path.open("rb") as file:
            text = ELFFile(file).get_section_by_name("trapline.bodies").data().decode("ascii")
        defined = [entry.partition(" ")[2] for entry in text.split("\0") if entry]
        assert len(defined) > 100
        assert [body for body in defined if defined.count(body) > 1] == []
