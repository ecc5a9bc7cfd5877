# SPDX-License-Identifier: BSD-2-Clause
"""Which cases a known bug would show in, before anything runs: by what is required of them."""

from collections.abc import Iterator
from dataclasses import replace

from harness.catalogue.code import code_of
from harness.catalogue.debugger_modes import MODES, doing, takes_part
from harness.catalogue.image import Image
from harness.catalogue.required import VENDORS, RequiredLogs
from harness.judging.bugs import EXCEPT, Sighting
from harness.judging.explain import facts_of
from harness.judging.result import Judgement, Result, Verdict

# What a sighting is tied to that no platform decides.
OF_A_CASE = ("case", EXCEPT, "mode", "debugger", "gdb", "vendor")


def of_a_case(sighting: Sighting) -> Sighting:
    """The sighting on whatever platform."""
    return replace(sighting, where={key: wanted for key, wanted in sighting.where.items() if key in OF_A_CASE})


def debuggers(sighting: Sighting, case: str) -> list[str]:
    """The debugger modes to look at: where no log of a debugger's is another, the first stands for all."""
    facts = {mode: {"debugger": mode, "gdb": str(doing(mode))} for mode in MODES if takes_part(mode, case)}
    found = [mode for mode, its in facts.items() if sighting.may_show(its)]
    return found if sighting.debugger_rewrite else found[:1]


def showing(
    sighting: Sighting, facts: dict[str, str], debugger: str, required: RequiredLogs, image: Image, case: str
) -> Iterator[Result]:
    """What a case (NAME@MODE) requires in which the sighting would show, on a platform of which these are the facts.

    On the CPU of each vendor that requires something else, as the guest's is known when it runs.
    """
    if not takes_part(debugger, case):
        return
    result = Result(case, "", debugger, Judgement(Verdict.PASS))
    facts = facts_of(result, facts)
    vendors = [vendor for vendor in VENDORS if sighting.applies(facts | {"vendor": vendor})]
    code = code_of(image, case) if vendors and debugger == "step" else ()
    tried = []
    for vendor in vendors:
        logs = required.lines(case, vendor), required.debugger_lines(debugger, case, vendor, code)
        asked = replace(result, required=logs[0], debugger_required=logs[1], vendor=vendor)
        if logs not in tried and sighting.concerns(asked):
            yield asked
        tried.append(logs)


def concerned(
    sighting: Sighting, facts: dict[str, str], debugger: str, required: RequiredLogs, image: Image, case: str
) -> bool:
    """Whether the sighting would show in a case on such a platform."""
    return any(showing(sighting, facts, debugger, required, image, case))
