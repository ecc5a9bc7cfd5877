# SPDX-License-Identifier: BSD-2-Clause
"""What the known bugs make of a result: it is known, fixed, nearly known, or as it was."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from harness.catalogue.debugger_modes import doing
from harness.catalogue.step_log import without
from harness.judging.bugs import Bug, Sighting, as_list, required_logs
from harness.judging.compare import align, summary
from harness.judging.endless import stretched
from harness.judging.result import Judgement, Named, Nearest, Result, Verdict
from harness.judging.rewrite import Logs, alike, number_pattern

MOST_TOGETHER = 4  # bugs that show in one case at once


def foretold(result: Result, facts: dict[str, str], bugs: list[Bug]) -> tuple[str, ...]:
    """What a result that is not explained yet says of predictions: sightings with basis "source"."""
    facts = facts_of(result, facts)
    said: dict[str, None] = {}
    for bug in bugs:
        for sighting in bug.seen:
            if sighting.basis != "source" or not sighting.applies(facts) or not sighting.concerns(result):
                continue
            if result.verdict is Verdict.PASS:
                said[f"bugs/{bug.name}.toml predicts from source that this does not pass, and it does"] = None
            elif _together(result, [(bug, sighting)]) if sighting.rewrites else sighting.explains(result):
                said[f'exactly what bugs/{bug.name}.toml predicts from source: its basis can be "observed" now'] = None
    return tuple(said)


def unmatched(result: Result, facts: dict[str, str], bugs: list[Bug]) -> tuple[str, ...]:
    """What a result that no bug explains says of those that name its case, and change no line of its required logs."""
    facts = facts_of(result, facts)
    if result.verdict is not Verdict.DIFFERS or required_logs(result) is None:
        return ()
    said = {
        f"bugs/{bug.name}.toml names this case, and its rewrite finds no line of the required log": None
        for bug in bugs
        for sighting in bug.seen
        if sighting.rewrites and result.name in as_list(sighting.where.get("case", []))
        if sighting.applies(facts) and not sighting.concerns(result)
    }
    return tuple(said)


def explained(result: Result, facts: dict[str, str], bugs: list[Bug]) -> Judgement:
    """The judgement of a result in view of the known bugs: `known` or `fixed?` where one that was observed says so.

    `facts` are the platform's, without those that the result itself holds. Sightings with basis "source"
    are predictions and change nothing.
    """
    facts = facts_of(result, facts)
    plain = result.judgement
    here = [
        (bug, sighting)
        for bug in bugs
        for sighting in bug.seen
        if sighting.basis == "observed" and sighting.applies(facts) and sighting.concerns(result)
    ]
    alone = [(bug, sighting) for bug, sighting in here if not sighting.rewrites and sighting.explains(result)]
    exact = [bug for bug, sighting in alone if sighting.verdict != Verdict.DIFFERS.value]
    rewriting = [(bug, sighting) for bug, sighting in here if sighting.rewrites]
    if found := exact[:1] or _together(result, rewriting) or [bug for bug, _ in alone][:1]:
        titles = "; ".join(bug.title for bug in found)
        return Judgement(Verdict.KNOWN, titles, bugs=_names(found), remarks=plain.remarks)
    if nearest := _nearest(result, rewriting):
        pairs = zip((nearest.required, nearest.debugger_required), (result.seen, result.debugger_seen))
        more = summary([row for beside, seen in pairs for row in align(beside, seen)])
        return replace(plain, nearest=nearest, cause=f"{nearest.title}, but also {more}")
    if result.verdict is Verdict.PASS and (always := [bug for bug, sighting in here if not sighting.sometimes]):
        words = f"bugs/{always[0].name}.toml records this as broken here"
        return Judgement(Verdict.FIXED, words, bugs=_names(always[:1]), remarks=plain.remarks)
    return plain


def facts_of(result: Result, facts: dict[str, str]) -> dict[str, str]:
    """All that a sighting may be tied to: the platform's facts, and the result's own."""
    own = {"case": result.name, "mode": result.mode, "debugger": result.debugger, "gdb": str(doing(result.debugger))}
    return facts | own


def _names(bugs: list[Bug]) -> tuple[Named, ...]:
    return tuple(Named(bug.name, bug.title) for bug in bugs)


def _combinations(
    required: Logs, result: Result, here: list[tuple[Bug, Sighting]]
) -> Iterator[tuple[list[Bug], Logs, list[str]]]:
    """What some of the bugs make of the required logs together, fewest first, and what is left of the debugger's log
    that was seen without their lines.
    """
    for size in range(1, min(len(here), MOST_TOGETHER) + 1):
        for together in itertools.combinations(here, size):
            logs, debugger_seen = required, result.debugger_seen
            for _, sighting in together:
                logs = sighting.rewritten(logs, result.mode)
                if sighting.debugger_extra in debugger_seen:
                    debugger_seen = without(debugger_seen, sighting.debugger_extra)
            logs = stretched(logs[0], result.seen), logs[1]
            yield list({bug.name: bug for bug, _ in together}.values()), logs, debugger_seen


def _together(result: Result, here: list[tuple[Bug, Sighting]]) -> list[Bug]:
    """The bugs, one or several, that make the logs seen of the required ones; empty if none do."""
    required = required_logs(result)
    if result.verdict is not Verdict.DIFFERS or required is None:
        return []
    for bugs, logs, debugger_seen in _combinations(required, result, here):
        if alike(logs[0], result.seen) and alike(logs[1], debugger_seen):
            return bugs
    return []


def _nearest(result: Result, here: list[tuple[Bug, Sighting]]) -> Nearest | None:
    """The bugs that leave least of what was seen unexplained; None where they explain nothing of it."""
    required = required_logs(result)
    if result.verdict is not Verdict.DIFFERS or required is None:
        return None
    seen = result.seen, result.debugger_seen
    best, nearest = _distance(required, seen), None
    for bugs, (guest, debugger), rest in _combinations(required, result, here):
        predicted = _filled_in(guest, seen[0]), seen[1] if rest == debugger else _filled_in(debugger, seen[1])
        if (distance := _distance(predicted, seen)) < best:
            best, nearest = distance, Nearest(tuple(bug.name for bug in bugs), *predicted)
    return nearest


def _distance(recorded: Logs, seen: Logs) -> int:
    """How many words differ between logs."""
    return sum(
        len([word for side in ("required", "seen") for word, odd in row.words(side) if odd])
        if row.required and row.seen
        else len((row.required or row.seen or "").split())
        for log, lines in zip(recorded, seen)
        for row in align(log, lines)
        if not row.same
    )


def _filled_in(recorded: list[str], seen: list[str]) -> list[str]:
    """The log with the numbers seen in place of each *, in lines that were seen so."""
    return [
        next((other for other in seen if re.fullmatch(number_pattern(line), other)), line) if "*" in line else line
        for line in recorded
    ]
