# SPDX-License-Identifier: BSD-2-Clause
"""The one judge: what was required, what was seen and how it ended, and the known bugs, make a result."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.catalogue.code import Code
from harness.catalogue.log import BYE, Block, Ending
from harness.catalogue.required import RequiredLogs
from harness.judging.bugs import Bug
from harness.judging.compare import align, summary
from harness.judging.explain import explained, foretold, unmatched
from harness.judging.result import RESET, Judgement, Result, Verdict


@dataclass(frozen=True)
class Evidence:
    """What was seen of one case.

    `block` is the guest's part, None where it did not come to the case. `debugger_log` is the debugger's, None where
    nobody has it. `ending` is how the machine ended, where that is this case's; `prevented` why the question could not
    be asked. `output` is what the hypervisor said, `code` what a debugger stepped through.
    """

    block: Block | None
    debugger_log: Sequence[str] | None = ()
    ending: Ending | None = None
    prevented: str = ""
    output: str = ""
    code: Code = ()


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
    after_all = case.partition("@")[0] == BYE
    required_lines = [] if after_all else required.lines(case, vendor, lines)
    was_reset = seen.ending is not None and seen.ending.verdict == Verdict.RESET.value
    complete = was_reset or (seen.block is not None and seen.block.complete)
    if was_reset:
        lines.append(RESET)
    result = Result(
        case,
        platform,
        debugger,
        Judgement(Verdict.UNUSABLE),
        seen=lines,
        required=required_lines,
        debugger_seen=list(seen.debugger_log or ()),
        debugger_required=(
            [] if seen.debugger_log is None or after_all else required.debugger_lines(debugger, case, vendor, seen.code)
        ),
        stderr=seen.output,
        complete=complete,
        vendor=vendor,
    )
    plain = _compared(result, seen)
    result = replace(result, judgement=plain, plain=plain)
    judgement = explained(result, facts, bugs)
    remarks = tuple(required.remarks(case, lines)) if complete else ()
    if judgement.verdict is not Verdict.KNOWN:  # what another explains, as a bug of the CPU beneath, proves nothing
        remarks += foretold(result, facts, bugs)
    if not judgement.verdict.green:
        remarks += unmatched(result, facts, bugs)
    return replace(result, judgement=replace(judgement, remarks=remarks))


def _compared(result: Result, seen: Evidence) -> Judgement:
    """The judgement before known bugs are looked at."""
    if seen.prevented:
        return Judgement(Verdict.UNUSABLE, seen.prevented)
    if seen.ending:
        required = result.required, result.debugger_required
        if result.seen[-1:] == [RESET] and required == (result.seen, result.debugger_seen):
            return Judgement(Verdict.PASS)
        return _ended(seen.ending, [] if seen.block is None or seen.block.complete else result.seen)
    if not result.complete:
        return Judgement(Verdict.CUT, "the log has no end of this case")
    return Judgement(*compare(result.seen, result.required, result.debugger_seen, result.debugger_required))


def _ended(ending: Ending, lines: Sequence[str]) -> Judgement:
    """The judgement of a case that the machine ended in, after these lines of it."""
    circumstances = ending.circumstances
    if ending.verdict in (Verdict.RESET.value, Verdict.HANG.value):
        exceptions = [f"after {line}" for line in lines if line.startswith("#")]
        circumstances = (*exceptions[-1:], *circumstances)
    return Judgement(Verdict(ending.verdict), ending.reason, circumstances)


def disowned(result: Result, reason: str) -> Result:
    """The result of a deviation for which there is a reason that is not the platform's: it says nothing of that."""
    return replace(result, judgement=Judgement(Verdict.UNUSABLE, reason, remarks=result.judgement.remarks))


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
