# SPDX-License-Identifier: BSD-2-Clause
"""The one judge: what was required, what was seen and how it ended, and the known bugs, make a result."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.catalogue.log import Block, Ending
from harness.catalogue.required import RequiredLogs
from harness.judging.bugs import Bug, classify, foretold
from harness.judging.compare import align, summary
from harness.judging.result import Result, Verdict

# What stands in a log required of a case that resets the machine, in place of what cannot be written.
RESET = "reset"


@dataclass(frozen=True)
class Evidence:
    """What was seen of one case.

    `block` is the guest's part, None where it did not come to the case. `debugger_log` is the debugger's, None where
    nobody has it. `ending` is how the machine ended, where that is this case's; `prevented` why the question could not
    be asked. `output` is what the hypervisor said.
    """

    block: Block | None
    debugger_log: Sequence[str] | None = ()
    ending: Ending | None = None
    prevented: str = ""
    output: str = ""


def judge(
    case: str,
    platform: str,
    debugger: str,
    facts: dict[str, str],
    seen: Evidence,
    required: RequiredLogs,
    bugs: list[Bug],
) -> Result:
    """The result of one case (NAME@MODE) on a platform of which these are the facts, CPUID's vendor among them."""
    vendor = facts.get("vendor", "")
    lines = list(seen.block.lines) if seen.block else []
    result = Result(case, platform, debugger, Verdict.UNUSABLE, seen=lines, vendor=vendor, stderr=seen.output)
    result.required = required.lines(case, vendor, lines)
    if seen.debugger_log is not None:
        result.debugger_seen = list(seen.debugger_log)
        result.debugger_required = required.debugger_lines(debugger, case, vendor)
    if was_reset := seen.ending is not None and seen.ending.verdict == Verdict.RESET.value:
        result.seen = [*lines, RESET]
    result.complete = was_reset or (seen.block is not None and seen.block.complete)
    result.verdict, result.reason = _compared(result, seen)
    result.remarks = required.remarks(case, result.seen) if result.complete else []
    result.unexplained, result.symptom = result.verdict, result.reason
    result.remarks += foretold(result, facts, bugs)
    classify(result, facts, bugs)
    return result


def _compared(result: Result, seen: Evidence) -> tuple[Verdict, str]:
    """The verdict before known bugs are looked at, and why."""
    if seen.prevented:
        return Verdict.UNUSABLE, seen.prevented
    if seen.ending:
        required = result.required, result.debugger_required
        if result.seen[-1:] == [RESET] and required == (result.seen, result.debugger_seen):
            return Verdict.PASS, ""
        return Verdict(seen.ending.verdict), seen.ending.reason
    if not result.complete:
        return Verdict.CUT, "the log has no end of this case"
    return compare(result.seen, result.required, result.debugger_seen, result.debugger_required)


def disown(result: Result, reason: str) -> None:
    """A deviation for which there is a reason that is not the platform's says nothing about the platform."""
    result.verdict, result.reason = Verdict.UNUSABLE, reason


def compare(
    seen: list[str],
    required: list[str] | None,
    debugger_seen: Sequence[str] = (),
    debugger_required: Sequence[str] | None = (),
) -> tuple[Verdict, str]:
    """The verdict on the logs of a case that came to its end, and why."""
    if required is None:
        return Verdict.UNUSABLE, "there is no required log for it"
    if len(seen) == 1 and seen[0].startswith("needs "):
        return Verdict.UNUSABLE, f"it {seen[0]}"
    if seen != required:
        return Verdict.DIFFERS, summary(align(required, seen))
    if debugger_required is None:
        return Verdict.UNUSABLE, "there is no required log of the debugger for it"
    if list(debugger_seen) != list(debugger_required):
        return Verdict.DIFFERS, f"the debugger's log: {summary(align(debugger_required, debugger_seen))}"
    return Verdict.PASS, ""
