# SPDX-License-Identifier: BSD-2-Clause
"""Known bugs hide nothing: whatever one was recorded to look like, with one field changed it is not known."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from harness.catalogue.code import code_of
from harness.catalogue.debugger_modes import MODES, doing, takes_part
from harness.catalogue.image import read_images
from harness.catalogue.log import BYE
from harness.catalogue.modes import MODES as IMAGE_MODES
from harness.catalogue.required import VENDORS, RequiredLogs
from harness.judging import explain
from harness.judging.bugs import Bug, Sighting, as_list, matches
from harness.judging.endless import REPEATED
from harness.judging.explain import explained
from harness.judging.result import Judgement, Result, Verdict
from harness.system.places import CASES
from harness.tests.known_bugs import BUGS

IMAGES = read_images()
REQUIRED = RequiredLogs(CASES)

# Where a number is left open (*), it may be another one: where a CPU's own registers are read, or where what is seen
# depends on gdb's breakpoints. Each file says why.
OPEN_NUMBERS = {"bochs-vmx-msrs", "kvm-amd-vmcall", "kvm-hbreak-dr6", "kvm-step-frame", "kvm-vmx-init", "kvm-watch-tf"}

NUMBER = "12345678"

# What came was another thing each time, or is too much to be written down: any difference is known, in one old version
# or one case.
ANYTHING = {
    *("kvm-step-interrupt", "kvm-step-timer", "tcg-step-smp", "tcg-step-tf", "tcg-watch-dr-step"),
    "xen-svm-nmi-if",
}


def recorded(bug: Bug, sighting: Sighting) -> Iterator[tuple[Result, dict[str, str]]]:
    """What the sighting was recorded to look like, in the first case and mode that it changes, and where."""
    where = sighting.where
    for image in IMAGES:
        for case in (*image.cases, f"{BYE}@{IMAGE_MODES[image.name][0]}"):
            name, _, mode = case.partition("@")
            if not matches(name, where["case"]) or not matches(mode, where.get("mode", "*")):
                continue
            debuggers = [each for each in MODES if takes_part(each, case) and applies_in(sighting, each)]
            if not debuggers:
                continue
            for vendor in [vendor for vendor in VENDORS if matches(vendor, where.get("vendor", "*"))]:
                debugger = debuggers[0]
                if name == BYE:
                    guest, steps = [], []
                else:
                    guest = REQUIRED.lines(case, vendor)
                    steps = REQUIRED.debugger_lines(
                        debugger, case, vendor, code_of(image, case) if debugger == "step" else ()
                    )
                if guest is None or steps is None:
                    continue
                result = Result(case, "somewhere", debugger, Judgement(Verdict.DIFFERS), complete=True)
                result = replace(result, required=guest, debugger_required=steps, vendor=vendor)
                found = looks(sighting, result)
                if found:
                    yield found, {"vendor": vendor}
                    return


def applies_in(sighting: Sighting, debugger: str) -> bool:
    return sighting.may_show({"debugger": debugger, "gdb": str(doing(debugger))})


def looks(sighting: Sighting, result: Result) -> Result | None:
    """The result as it looks where the bug shows; None where that is no other than without it."""
    if sighting.needs:
        return replace(
            result, judgement=Judgement(Verdict.UNUSABLE), seen=[f"needs {sighting.needs}"], debugger_seen=[]
        )
    if sighting.rewrites:
        guest, debugger = sighting.rewritten((list(result.required), list(result.debugger_required)), result.mode)
        debugger += [sighting.debugger_extra] if sighting.debugger_extra else []
        same = (guest, debugger) == (result.required, result.debugger_required)
        numbers = [line.replace("*", "12345678") for line in guest], [
            line.replace("*", "12345678") for line in debugger
        ]
        return None if same else replace(result, seen=numbers[0], debugger_seen=numbers[1])
    if not sighting.verdict or sighting.verdict == Verdict.DIFFERS.value:
        return None
    plain = Judgement(Verdict(sighting.verdict), sighting.cause)
    ended = replace(result, judgement=plain, plain=plain, stderr=sighting.stderr, complete=False)
    return replace(ended, seen=[line.replace("*", NUMBER) for line in sighting.begun(ended)])


def changed(result: Result, extra: str) -> Iterator[Result]:
    """The same with one field, line or circumstance changed.

    Where a line is one of many (`extra`, or what repeats for ever), nobody counts them. A debugger's log ends anywhere
    where the boot does.
    """
    for log in ("seen", "debugger_seen") if result.complete else ("seen",):
        lines = getattr(result, log)
        for number, line in enumerate(lines):
            words = line.split(" ")
            for place, word in enumerate(words):
                other = " ".join([*words[:place], f"{word}x", *words[place + 1 :]])
                yield replace(result, **{log: [*lines[:number], other, *lines[number + 1 :]]})
            if line != extra and lines.count(line) < REPEATED:
                yield replace(result, **{log: [*lines[:number], *lines[number + 1 :]]})
        yield replace(result, **{log: [*lines, "note more=1"]})
    if result.stderr:
        yield replace(result, stderr=result.stderr[:-1])
    if result.plain and result.plain.cause:
        yield replace(result, plain=replace(result.plain, cause=result.plain.cause[:-1]))
    if result.plain:
        yield replace(result, judgement=Judgement(Verdict.BACKEND), plain=None)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_one_field_more_and_it_is_not_known(bug, monkeypatch):
    monkeypatch.setattr(explain, "_nearest", lambda *_: None)  # what is not known is nearly so, which takes long to say
    looked_at = 0
    for sighting in bug.seen:
        alone = replace(bug, seen=[replace(sighting, where={}, basis="observed")])
        for result, facts in recorded(bug, sighting):
            looked_at += 1
            assert explained(result, facts, [alone]).verdict is Verdict.KNOWN, (sighting, result)
            for other in changed(result, sighting.debugger_extra):
                assert explained(other, facts, [alone]).verdict is not Verdict.KNOWN, (sighting.where, result, other)
    anything = [sighting for sighting in bug.seen if sighting.verdict == Verdict.DIFFERS.value]
    assert bool(anything) == (bug.name in ANYTHING)
    assert (
        looked_at
        or anything
        or any(sighting.dies for sighting in bug.seen)
        or RULED & set(as_list(bug.seen[0].where["case"]))
    )


def test_an_open_number_says_why():
    opened = {
        bug.name
        for bug in BUGS
        for sighting in bug.seen
        for rewrite in [*sighting.rewrite, *sighting.debugger_rewrite]
        for words in rewrite.new
        for word in words
        if "*" in word.partition("=")[2]
    }
    assert opened == OPEN_NUMBERS


# Cases whose logs are computed from what was seen.
RULED = {path.stem for path in CASES.glob("*/*.toml")}
