# SPDX-License-Identifier: BSD-2-Clause
"""The one case that shows a known bug best: without a gdb if it can, with as little else as there is."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness.catalogue.code import code_of
from harness.catalogue.debugger_modes import MODES as DEBUGGERS
from harness.catalogue.debugger_modes import doing, takes_part
from harness.catalogue.files import file_of
from harness.catalogue.image import Image
from harness.catalogue.modes import MODES
from harness.catalogue.msr_rules import MSRReader
from harness.catalogue.required import RequiredLogs
from harness.hunt.standing import Newest, is_a_bug, is_observed, program_of
from harness.judging.affected import PROGRAMS
from harness.judging.bugs import Bug, BugsByCase, Sighting, as_list, matches
from harness.judging.compare import align
from harness.judging.explain import facts_of
from harness.judging.result import Judgement, Result, Verdict
from harness.judging.rewrite import Logs
from harness.platform import QEMUS, xen
from harness.platform.engines import ENGINES
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.places import CASES, ROOT

CPUS = ("2", "1")  # CPUS='s default, and what some bugs need

# CPU models, with the vendor's text that the guest reads there, for each accelerator; for others, the host's.
MODELS = {
    "tcg": (("max", "AuthenticAMD"), ("Haswell", "GenuineIntel")),
    "bochs": (("corei7_haswell_4770", "GenuineIntel"), ("ryzen", "AuthenticAMD")),
    "v86": (("", "GenuineIntel"),),
    "xen": (("max", "AuthenticAMD"),),
}
# What those say of themselves where the required log hangs on it (cases/msr/*.toml); what is not named is 0.
ANSWERS = {
    "max": {"amd": 1, "family": 15, "lm": 1, "svm": 1, "svm_revision": 1, "asids": 16},
    "Haswell": {"family": 6, "lm": 1},
    "corei7_haswell_4770": {"family": 6, "lm": 1},
    "ryzen": {"amd": 1, "family": 15, "lm": 1, "svm": 1, "svm_revision": 1, "asids": 32768, "dbx": 1},
}
BACKENDS = {"AuthenticAMD": "kvm_amd", "GenuineIntel": "kvm_intel"}

V86_MODES = MODES["guest32"]  # it has no long mode

# Modes in the order in which a reader has the least to know.
PLAINEST = ("kernel64", "kernel32", "user64", "user32", "compat32", "real16", "vm86")

# Cases that are held against each other; those of bugs that show everywhere would be hundreds.
ENOUGH = 12


@dataclass(frozen=True)
class Specimen:
    """A bug in one case (NAME@MODE) of an image, in a debugger mode, under these facts (judging/bugs.py).

    `foretold` is a result as it would be there: the logs that are required, and what the bug makes of them as seen.
    `others` show in the case too, and are in that; `contenders` are those which would, if it were not for this one.
    """

    bug: Bug
    sighting: Sighting
    image: Image
    case: str
    debugger: str
    facts: dict[str, str]
    foretold: Result
    others: tuple[Bug, ...]
    contenders: int

    @property
    def name(self) -> str:
        return self.case.partition("@")[0]

    @property
    def program(self) -> str:
        return program_of(self.sighting)

    @property
    def size(self) -> tuple[int, int, int]:
        """What there is to read: other bugs, lines of the logs, and of the case."""
        rows = align(self.foretold.required or [], self.foretold.seen)
        source = files.read_text(file_of(self.name, ".c")).splitlines()
        return self.contenders, len(rows) + sum(not row.same for row in rows), len(source)


class Specimens:
    """Finds specimens among all bugs and the cases of the images."""

    def __init__(self, bugs: list[Bug], images: list[Image]) -> None:
        self.newest = Newest.of(bugs)
        self.by_case = BugsByCase(ROOT / "bugs")
        self.required = RequiredLogs(CASES)
        self._cases = [(image, case) for image in images for case in image.cases]
        self._cases.sort(key=lambda pair: PLAINEST.index(pair[1].partition("@")[2]))

    def of(self, bug: Bug) -> Specimen:
        """The bug's specimen, in the newest version that has it. Raises WrongQuestion where no case can be one."""
        sightings = [sighting for sighting in bug.seen if is_a_bug(sighting)]
        sightings.sort(key=self._rank)
        for sighting in sightings:
            if found := list(itertools.islice(self._all(bug, sighting), ENOUGH)):
                return min(found, key=lambda specimen: specimen.size)
        why = (
            "none of its cases shows it on a CPU whose answers are known here"
            if sightings
            else "it is no bug of a hypervisor's"
        )
        raise WrongQuestion(f"BUG={bug.name}: {why}: there is nothing to send; see bugs/{bug.name}.toml")

    def _rank(self, sighting: Sighting) -> tuple[bool, bool, bool]:
        """Least of what is to be taken first: what was seen, is there in the newest version, and needs no gdb."""
        with_gdb = "gdb" in sighting.where or not matches("detached", sighting.where.get("debugger", "*"))
        return not is_observed(sighting), not self.newest.allows(sighting.where, program_of(sighting)), with_gdb

    def _all(self, bug: Bug, sighting: Sighting) -> Iterator[Specimen]:
        """Specimens of one sighting, of the first machine and debugger mode that have any, the plainest first."""
        cases = [
            (image, case)
            for image, case in self._cases
            if sighting.may_show(dict(zip(("case", "mode"), case.split("@"))))
        ]
        for facts in self._machines(sighting):
            for debugger in DEBUGGERS:
                if not sighting.may_show(facts | {"debugger": debugger, "gdb": str(doing(debugger))}):
                    continue
                found = self._on(bug, sighting, facts, debugger, cases)
                first = next(found, None)
                if first:
                    yield from itertools.chain([first], found)
                    return

    def _machines(self, sighting: Sighting) -> Iterator[dict[str, str]]:
        """The facts of machines that meet the sighting's conditions on them: the harness's own defaults first."""
        where = sighting.where
        accel = as_list(where.get("accel", "tcg"))[0]
        models = MODELS.get(accel) or tuple((QEMUS[accel].cpus[0] or "default", vendor) for vendor in BACKENDS)
        named = [(cpu, vendor) for cpu in as_list(where.get("cpu", [])) for vendor in BACKENDS]
        versions = {key: self.newest.within(where, key) for key in PROGRAMS}
        numbers = {key: str(version) for key, version in versions.items() if version}
        machines = dict.fromkeys([QEMUS[accel].machine if accel in QEMUS else "", *as_list(where.get("machine", []))])
        numbers_of_cpus = ("1",) if accel == "v86" else CPUS
        for cpus, (cpu, vendor), engine, machine in itertools.product(
            numbers_of_cpus, [*models, *named], ENGINES, machines
        ):
            own = {"accel": accel, "engine": engine, "cpu": cpu, "machine": machine, "vendor": vendor}
            facts = numbers | own | {"xen_args": xen.NO_ARGUMENTS, "cpus": cpus, "backend": BACKENDS[vendor]}
            if sighting.may_show(facts):
                yield facts

    def _on(
        self, bug: Bug, sighting: Sighting, facts: dict[str, str], debugger: str, cases: list[tuple[Image, str]]
    ) -> Iterator[Specimen]:
        for image, case in cases:
            there = facts["accel"] != "v86" or case.partition("@")[2] in V86_MODES
            if there and takes_part(debugger, case):
                if specimen := self._try(bug, sighting, facts, debugger, image, case):
                    yield specimen

    def _try(
        self, bug: Bug, sighting: Sighting, facts: dict[str, str], debugger: str, image: Image, case: str
    ) -> Specimen | None:
        """The case as a specimen; None where the bug does not show in it, or more is wrong there than logs."""
        result = Result(case, facts["accel"], debugger, Judgement(Verdict.PASS))
        all_facts = facts_of(result, facts)
        rules = self.required.rules(case)
        if not sighting.applies(all_facts) or isinstance(rules, MSRReader):  # which plays a program's part
            return None
        vendor = facts["vendor"]
        code = code_of(image, case) if debugger == "step" else ()
        answers = [f"note {name}={value}" for name, value in ANSWERS.get(facts["cpu"], {}).items()]
        guest = self.required.lines(case, vendor, answers)
        gdb = self.required.debugger_lines(debugger, case, vendor, code)
        result = replace(result, required=guest, debugger_required=gdb)
        if guest is None or gdb is None or not sighting.concerns(result):
            return None
        here = [
            (other, each)
            for other in sorted({**{each.name: each for each in self.by_case.of(result.name)}, bug.name: bug}.items())
            for each in other[1].seen
            if (is_observed(each) or each is sighting) and each.applies(all_facts) and each.concerns(result)
        ]
        if any(name != bug.name and not each.rewrites and not each.sometimes for (name, _), each in here):
            return None
        showing: dict[str, Bug] = {}
        if sighting.rewrites:
            rewriting = [(name, other, each) for (name, other), each in here if each.rewrites]
            own_first = sorted(rewriting, key=lambda entry: entry[0] != bug.name)
            for order in (rewriting, own_first):  # as the judge takes them; or where others would leave nothing of it
                seen, showing = _made_of((guest, gdb), order, result.mode)
                without, _ = _made_of((guest, gdb), [entry for entry in order if entry[0] != bug.name], result.mode)
                if seen != without:
                    break
            else:
                if not sighting.debugger_extra:
                    return None
            showing.pop(bug.name, None)
            if rules:  # the rest is what each CPU says of itself
                pairs = [(line, other) for line, other in zip(guest, seen[0]) if line != other]
                result, seen = replace(result, required=[line for line, _ in pairs]), ([line for _, line in pairs], gdb)
        else:
            seen = (sighting.begun(result) or [], [])
        extra = [sighting.debugger_extra] if sighting.debugger_extra else []
        foretold = replace(result, seen=seen[0], debugger_seen=[*seen[1], *extra], vendor=vendor)
        others, contenders = tuple(showing.values()), len({name for (name, _), _ in here} - {bug.name})
        return Specimen(bug, sighting, image, case, debugger, all_facts, foretold, others, contenders)


def _made_of(logs: Logs, order: list[tuple[str, Bug, Sighting]], mode: str) -> tuple[Logs, dict[str, Bug]]:
    """What sightings make of required logs one after the other, and the bugs that had a part in it, by name."""
    showing = {}
    for name, bug, sighting in order:
        before, logs = logs, sighting.rewritten(logs, mode)
        if logs != before:
            showing[name] = bug
    return logs, showing
