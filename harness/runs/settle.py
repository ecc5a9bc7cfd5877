# SPDX-License-Identifier: BSD-2-Clause
"""What one boot says of which cases: whose verdict its end is, and what was seen of each."""

from dataclasses import dataclass

from harness.catalogue.code import code_of
from harness.catalogue.debugger_modes import script_of
from harness.catalogue.image import Image
from harness.catalogue.log import BYE, Ending
from harness.catalogue.modes import MODES
from harness.debugger import gdbstub
from harness.debugger.needs import needs_of_script
from harness.judging.judge import Evidence
from harness.judging.result import Verdict
from harness.system import files
from harness.vm.outcome import Outcome


@dataclass(frozen=True)
class Settled:
    """What was seen of the cases that a boot says something about, and how it ended if it was not through with them."""

    evidence: dict[str, Evidence]
    ending: Ending | None


def settle(image: Image, debugger: str, cases: list[str], outcome: Outcome) -> Settled:
    """What a boot of the image for these cases, in a debugger mode, says of which of them."""
    if unasked := _unasked(image, cases, outcome):
        outcome.make_void(f"the guest ran {unasked}, and was not asked to: does its command line, cases=..., reach it?")
    blocks = {block.case: block for block in outcome.log.blocks}
    after_all = f"{BYE}@{MODES[image.name][0]}"
    victims = _victims(cases, outcome) or ([after_all] if outcome.ending else [])
    if outcome.unannounced and any(block.complete for block in outcome.log.blocks):
        victims = []  # why it ended went down with it: the next VM begins with the case that ran
    # What the debugger saw before the first case, or in one that nobody asked for, must not go unseen.
    stray = [line for case, lines in outcome.debugger_log.items() if case not in cases for line in lines]
    if debugger == "script":
        if missed := _missed(cases, outcome):
            cases, victims = cases[: cases.index(missed)], []
        elif failed := _failed_script(cases, outcome):
            cases, victims = cases[: cases.index(failed) + 1], [failed]
    ending = _ending(outcome, victims[0] if len(victims) == 1 else "") if victims else None
    evidence = {}
    for case in [*cases, after_all]:
        block = blocks.get(case)
        its_ending = ending if case in victims else None
        prevented = _refused_script(case, outcome) if debugger == "script" else ""
        if prevented or its_ending or (block is not None and block.complete):
            heard = [*(stray if case == cases[0] else []), *outcome.debugger_log.get(case, [])]
            code = code_of(image, case) if debugger == "step" else ()
            evidence[case] = Evidence(block, heard, its_ending, prevented, outcome.output, code)
    return Settled(evidence, ending)


def _unasked(image: Image, cases: list[str], outcome: Outcome) -> str:
    """A case that ran and was not among these; "" for none. What did not end may be another's name, torn."""
    ran = (block.case for block in outcome.log.blocks if block.complete or block.case in image.everything)
    return next((case for case in ran if case not in cases), "")


def _ending(outcome: Outcome, case: str) -> Ending:
    """How a boot ended that was not through with its cases."""
    verdict, reason = outcome.ending or Verdict.CUT, outcome.reason or "the guest did not run it"
    if outcome.ending not in (None, Verdict.UNUSABLE) and not outcome.log.blocks and not outcome.lost:
        reason += ", before the first case"
    return Ending(verdict.value, reason, case, outcome.circumstances)


def _missed(cases: list[str], outcome: Outcome) -> str:
    """The first case that gdb did not come to, as an earlier one's commands had lost their place; "" for none."""
    if outcome.ending is not None:
        return ""
    return next((case for case in cases[1:] if case not in outcome.debugger_log), "")


def _refused_script(case: str, outcome: Outcome) -> str:
    """Why the gdbstub cannot do what the case's command file wants of it; "" if it can."""
    if (script := script_of(case)) is None:
        return ""
    return gdbstub.refusal(needs_of_script(files.read_text(script)), outcome.stub)


def _failed_script(cases: list[str], outcome: Outcome) -> str:
    """The case whose command file gdb did not come through; "" for none. After it, the guest was alone."""
    if outcome.ending is not Verdict.UNUSABLE:
        return ""
    return next((case for case in reversed(cases) if case in outcome.debugger_log), "")


def _victims(cases: list[str], outcome: Outcome) -> list[str]:
    """The cases that the boot's ending is the verdict of.

    The one that was running; between two, or within the line that begins one, the next; after the last, none of them.
    All that are left, where none had begun (unless its lines were lost), where it is not the
    guest that ended, or where it left them out.
    """
    complete = [block.case for block in outcome.log.blocks if block.complete]
    pending = [case for case in cases if case not in complete]
    if outcome.ending is None:
        return pending
    if outcome.ending is Verdict.UNUSABLE or not (outcome.log.blocks or outcome.lost):
        return pending
    running = outcome.log.open_block
    if running and running.case in pending:
        return [running.case]
    return pending[:1]
