# SPDX-License-Identifier: BSD-2-Clause
"""The main job: boots the selected cases on each platform in each debugger mode, and judges them.

One VM runs all cases of an image; when a case takes it down, a fresh one goes on with the next.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from harness.catalogue.debugger_modes import takes_part
from harness.catalogue.image import Image
from harness.catalogue.required import RequiredLogs
from harness.debugger.command_file import command_file
from harness.debugger.gdb import Debugging, find_gdb
from harness.debugger.needs import needs_of_mode
from harness.judging.bugs import BugsByCase
from harness.judging.beneath import with_those_of_the_cpu
from harness.judging.judge import Evidence, disowned, judge
from harness.judging.result import Judgement, Result, Verdict
from harness.platform import Platform, Unusable, modes_asked_of
from harness.runs import folders, record
from harness.runs.allowance import Allowance
from harness.runs.record import Record
from harness.runs.settle import settle
from harness.system import process, signals
from harness.system.limits import Deadlines
from harness.system.places import CASES, ROOT, shown
from harness.vm.outcome import Outcome


@dataclass(frozen=True)
class Group:
    """What one VM can run: the cases of one image, on one platform, in one debugger mode."""

    platform: Platform
    debugger: str
    image: Image


LOOK = 1.0  # seconds until it is looked whether a signal asks to end

# VMs of one group that in a row end of the same before they are through with a case: the next would do so too.
MOST_IN_VAIN = 5


class Runner:
    """Runs groups; everything that they have in common."""

    def __init__(self, jobs: int, deadlines: Deadlines, bugs: BugsByCase | None = None) -> None:
        """`jobs` VMs at a time; `bugs` instead of those in bugs/.

        `on_case` hears of each case that begins, on the thread that runs it.
        """
        process.allow_files(jobs)
        self.jobs = jobs
        self._deadlines = deadlines
        self.on_case: Callable[[Group, str], None] = lambda group, case: None
        self.record = Record(folders.RUNS)
        self._required = RequiredLogs(CASES)
        self.bugs = BugsByCase(ROOT / "bugs") if bugs is None else bugs
        self._gdb = find_gdb()
        self._beneath: dict[tuple[str, str], dict[str, str]] = {}
        self._asking = threading.Lock()
        self._allowance = Allowance()

    def run_all(self, groups: list[Group], results: list[Result]) -> Iterator[tuple[Group, bool]]:
        """Runs the groups, JOBS at a time, and adds what each VM gives to `results` at once, in the order of the VMs.

        Yields a group whenever one of its VMs has ended, with whether the group is through. However the iteration ends,
        `results` have all that was settled.
        """
        ended: queue.SimpleQueue[tuple[Group, bool] | BaseException] = queue.SimpleQueue()

        def run(group: Group) -> None:
            try:
                for settled in self._boots(group):
                    results.extend(map(self._allowance.keep, settled))
                    ended.put((group, False))
                ended.put((group, True))
            except BaseException as error:
                ended.put(error)

        with ThreadPoolExecutor(self.jobs) as pool:
            try:
                running = len(groups)
                for group in groups:
                    pool.submit(run, group)
                while running:
                    signals.check_asked()
                    try:
                        event = ended.get(timeout=LOOK)
                    except queue.Empty:
                        continue
                    if isinstance(event, BaseException):
                        raise event
                    running -= event[1]
                    yield event
            except BaseException:
                process.stop_all()
                pool.shutdown(cancel_futures=True)
                raise

    def run(self, group: Group) -> list[Result]:
        """The results of one group's cases, in the image's order; last, of a bad end that came after them."""
        results = [result for settled in self._boots(group) for result in settled]
        order = {case: number for number, case in enumerate(group.image.cases)}
        return sorted(results, key=lambda result: order.get(result.case, len(order)))

    def _boots(self, group: Group) -> Iterator[list[Result]]:
        """The results of one group's cases, as its VMs settle them."""
        if reason := self._no_debugger(group):
            yield self._unrun(group, dict.fromkeys(group.image.cases, reason))
            return
        self._read_ahead(group.image.cases)
        refused = {case: group.platform.refusal(case, group.debugger) for case in group.image.cases}
        if reasons := {case: reason for case, reason in refused.items() if reason}:
            yield self._unrun(group, reasons)
        remaining = [case for case, reason in refused.items() if not reason]
        in_vain: deque[str] = deque(maxlen=MOST_IN_VAIN)
        while remaining:
            folder, settled = self._boot(group, remaining)
            yield settled  # first, for they are so even where they cannot be kept
            record.write_verdicts(folder, settled)
            done = {result.case for result in settled}
            remaining = [case for case in remaining if case not in done]
            if _in_vain(settled):
                in_vain.append(settled[0].reason)
            else:
                in_vain.clear()
            if remaining and len(in_vain) == MOST_IN_VAIN and len(set(in_vain)) == 1:
                words = f"not run: {MOST_IN_VAIN} VMs in a row ended in their first case: {in_vain[-1]}"
                yield self._unrun(group, dict.fromkeys(remaining, words))
                return

    def _read_ahead(self, cases: Sequence[str]) -> None:
        """Reads what the cases are judged by, so that a file that is broken is known before they run."""
        self._required.read(cases)
        for name in dict.fromkeys(case.partition("@")[0] for case in cases):
            self.bugs.of(name)

    def unusable(self, platform: Unusable, debuggers: list[str], images: list[Image]) -> list[Result]:
        """What a platform that cannot be used gives, where it was asked for."""
        results = []
        for debugger in debuggers:
            for image in images:
                cases = [case for case in image.cases if takes_part(debugger, case)]
                if cases:
                    judgement = Judgement(Verdict.UNUSABLE, platform.reason)
                    mine = [Result(case, platform.name, debugger, judgement) for case in cases]
                    results += self._keep_unrun(mine, platform, debugger, image)
        return results

    def _unrun(self, group: Group, reasons: dict[str, str]) -> list[Result]:
        """Results for cases that are not run, for these reasons."""
        results = [
            Result(case, group.platform.name, group.debugger, Judgement(Verdict.UNUSABLE, reason))
            for case, reason in reasons.items()
        ]
        return self._keep_unrun(results, group.platform, group.debugger, group.image)

    def _keep_unrun(
        self, results: list[Result], platform: Platform | Unusable, debugger: str, image: Image
    ) -> list[Result]:
        """Leaves the verdicts of cases that no VM ran, so that a report on this run has them too."""
        folder = self.record.vm_folder(platform.name, debugger, image.name)
        if isinstance(platform, Platform):
            record.write_platform(folder, platform, image.path, None)
            results = [replace(result, hypervisor=platform.description) for result in results]
        else:
            record.write_unusable(folder, platform)
        results = [replace(result, run=folder) for result in results]
        record.write_verdicts(folder, results)
        return results

    def _no_debugger(self, group: Group) -> str:
        """Why the group's debugger mode cannot be had; empty if it can."""
        if group.debugger == "detached":
            return ""
        if group.debugger not in group.platform.debuggers:
            return group.platform.no_debugger
        return "" if self._gdb else "gdb is not on the PATH"

    def _debugging(self, group: Group, cases: list[str]) -> Debugging | None:
        """What gdb does while these cases run."""
        if group.debugger == "detached" or self._gdb is None:
            return None
        image = group.image.narrowed(lambda case: case in cases)
        commands = command_file(group.debugger, image, not group.platform.software_breakpoints)
        return Debugging(self._gdb, commands, image, needs_of_mode(group.debugger))

    def _boot(self, group: Group, cases: list[str]) -> tuple[Path, list[Result]]:
        """Boots one VM for as many cases as it takes, and settles at least one; with its folder, for the verdicts.

        One that dies or hangs before the first case says nothing of all cases, and may have been killed by whoever ran
        out of memory, as gdb may have been. It is booted again, once, unless a known bug explains it.
        """
        cases = group.image.fitting(cases, group.platform.longest)
        first, outcome, results = self._try(group, cases)
        if not _is_accident(outcome, results):
            return first, results
        record.write_verdicts(first, [])
        folder, _, results = self._try(group, cases)
        words = f"booted twice, as the first VM ended before its first case: {outcome.reason}: see {shown(first)}"
        told = replace(results[0].judgement, remarks=(*results[0].judgement.remarks, f"{group.debugger}: {words}"))
        return folder, [replace(results[0], judgement=told), *results[1:]]

    def _try(self, group: Group, cases: list[str]) -> tuple[Path, Outcome, list[Result]]:
        """Boots one VM for the cases: its folder, what was seen, and the results, of one case at least."""
        debugging = self._debugging(group, cases)
        folder = self.record.vm_folder(group.platform.name, group.debugger, group.image.name)
        image = self.record.keep_image(group.image)
        argument = group.image.pattern(cases)
        group.platform.write_command(folder, image, argument, debugging)
        record.write_platform(folder, group.platform, image, debugging.gdb if debugging else None)
        outcome = group.platform.boot(
            image,
            argument,
            folder,
            self._deadlines,
            debugging,
            lambda case: self.on_case(group, case),
        )
        if outcome.stub:
            record.add_to_platform(folder, "gdbstub", outcome.stub)
        settled = settle(group.image, group.debugger, cases, outcome)
        if settled.ending and outcome.log.plan:
            record.write_ending(folder, settled.ending)
        facts = group.platform.facts | {"vendor": outcome.log.cpu.get("vendor", "")}
        common = {"run": folder, "hypervisor": group.platform.description}
        results = [
            replace(self._judge(group, case, facts, seen), seconds=outcome.seconds.get(case, 0.0), **common)
            for case, seen in settled.evidence.items()
        ]
        return folder, outcome, self._doubted(group, results, outcome)

    def _judge(self, group: Group, case: str, facts: dict[str, str], seen: Evidence) -> Result:
        bugs = self.bugs.of(case.partition("@")[0])
        whole = case, group.platform.name, group.debugger, facts, seen, self._required
        result = judge(*whole, bugs)
        if result.verdict.green or (cpu := group.platform.beneath()) is None:
            return result
        return judge(*whole, with_those_of_the_cpu(bugs, cpu.facts | {"vendor": facts["vendor"]}, result))

    def _doubted(self, group: Group, results: list[Result], outcome: Outcome) -> list[Result]:
        """The results, in view of what they rest on.

        A deviation is the platform's only where the CPU beneath it passes the case, and what carried it lives on.
        """

        def is_deviation(result: Result) -> bool:
            return not result.verdict.green and result.verdict is not Verdict.UNUSABLE

        failures = self._failures_beneath(group, [result.case for result in results if is_deviation(result)])

        def doubted(result: Result) -> Result:
            if not is_deviation(result):
                return result
            if words := failures.get(result.case):
                words = f"the emulated CPU itself, {words}; here {result.verdict.value}: {result.reason}"
                return disowned(result, words)
            if outcome.lost and result.plain and result.plain.cause == outcome.reason:
                return disowned(result, result.reason)
            return result

        return list(map(doubted, results))

    def _failures_beneath(self, group: Group, cases: list[str]) -> dict[str, str]:
        """How the CPU beneath a platform fails these cases, asked alone, and once."""
        if not cases or (cpu := group.platform.beneath()) is None:
            return {}
        with self._asking:
            known = self._beneath.setdefault((group.platform.name, group.image.name), {})
            if asked := [case for case in cases if case not in known]:
                for own in self.run(Group(cpu, "detached", group.image.narrowed(lambda case: case in asked))):
                    how = ", ".join(filter(None, (own.verdict.value, own.judgement.bug)))
                    known[own.case] = "" if own.verdict is Verdict.PASS else f"{cpu.description}, fails it ({how})"
            return known


def _is_accident(outcome: Outcome, results: list[Result]) -> bool:
    """Whether a VM died or hung, or its gdb died, before its first case, for no reason that is known."""
    ended = outcome.ending in (Verdict.CRASH, Verdict.HANG) and not outcome.log.blocks
    return (ended or outcome.gdb_killed) and not any(result.verdict is Verdict.KNOWN for result in results)


def _in_vain(settled: list[Result]) -> bool:
    """Whether a VM was stopped by its own hypervisor before it was through with a case."""
    return len(settled) == 1 and settled[0].verdict is Verdict.BACKEND


def make_groups(platforms: list[Platform], debugger: str, images: list[Image]) -> list[Group]:
    """All groups for DEBUGGER=`debugger`, in the order of the table's columns."""

    def chosen(platform: Platform, mode: str, case: str) -> bool:
        return platform.has_mode(case) and takes_part(mode, case)

    return [
        Group(platform, mode, narrowed)
        for platform in platforms
        for mode in modes_asked_of(platform, debugger)
        for image in images
        if (narrowed := image.narrowed(partial(chosen, platform, mode))).cases
    ]
