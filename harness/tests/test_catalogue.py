# SPDX-License-Identifier: BSD-2-Clause
"""The catalogue holds together: images, required logs and known bugs speak of the same cases."""

import pytest

from harness.bless import TO_FILL_IN
from harness.bugs import matches, read_bugs
from harness.debugger import find_gdb
from harness.disassembly import complaints
from harness.image import read_images
from harness.log import Block
from harness.required import GUEST, SCRIPTED, STEPS, RequiredLogs, read_blocks
from harness.runner import judge
from harness.settings import ROOT
from harness.verdict import Verdict

LOGS = sorted((ROOT / "cases").glob("*.log"))


def test_every_case_has_a_required_log_and_every_log_a_case():
    cases = {case for image in read_images(ROOT / "build") for case in image.cases}
    assert cases == RequiredLogs(ROOT / "cases").cases()


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_a_required_log_names_its_reasons(path):
    """A comment with a manual's section, and blocks that bear the file's name."""
    comments = [line for line in path.read_text().splitlines() if line.startswith(";")]
    if path.name.endswith(SCRIPTED):
        assert len(comments) > 1 and not any(TO_FILL_IN in line for line in comments)
    else:
        assert any("Vol. " in line and '"' in line for line in comments)
    assert {case.partition("@")[0] for _, case in read_blocks(path)} == {path.name.partition(".")[0]}


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_every_change_to_a_log_is_caught(path):
    """Each line dropped or doubled, each word changed, each character changed: never `pass`."""
    for (word, case), lines in read_blocks(path).items():
        for mutant in [lines, *mutants(lines)]:
            logs = (mutant, lines) if word == GUEST else (lines, lines, mutant, lines)
            verdict, _ = judge(Block(case, logs[0], True), *logs[1:])
            assert (verdict is Verdict.PASS) == (mutant is lines), mutant


@pytest.mark.skipif(find_gdb() is None, reason="gdb, which disassembles, is not on the PATH")
@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_required_steps_are_such_as_the_code_allows(path):
    blocks = read_blocks(path)
    images = {case: image for image in read_images(ROOT / "build") for case in image.cases}
    for (word, case), lines in blocks.items():
        if word == STEPS:
            assert complaints(images[case], find_gdb(), case, lines, blocks[GUEST, case]) == []


def mutants(lines: list[str]):
    for index, line in enumerate(lines):
        before, after = lines[:index], lines[index + 1 :]
        yield before + after
        yield before + [line, line] + after
        for position in range(len(line)):
            changed = chr(ord(line[position]) ^ 1)
            yield before + [line[:position] + changed + line[position + 1 :]] + after
        words = line.split()
        for position in range(len(words)):
            yield before + [" ".join(words[:position] + words[position + 1 :])] + after


@pytest.mark.parametrize("bug", read_bugs(ROOT / "bugs"), ids=lambda bug: bug.name)
def test_a_known_bug_changes_the_log_of_its_case(bug):
    for sighting in bug.seen:
        required = [
            lines
            for path in LOGS
            for (_, case), lines in read_blocks(path).items()
            if matches(case.partition("@")[0], sighting.where["case"])
        ]
        assert required, f"no case {sighting.where['case']}"
        for pair in sighting.rewrite + sighting.debugger_rewrite:
            assert any(pair[0] in "\n".join(lines) for lines in required), f"{pair} rewrites nothing"
