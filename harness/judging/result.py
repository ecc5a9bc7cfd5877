# SPDX-License-Identifier: BSD-2-Clause
"""Judgements, and the result of one case on one platform in one debugger mode: values that nobody changes."""

import enum
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.system.places import from_top


# What stands in a log required of a case that resets the machine, in place of what cannot be written.
RESET = "reset"

# What has a result, as a case has, where no case can be named: all that was expected of a platform, and what did not
# come of a run.
EVERY_CASE, REST = "(all)", "(the rest)"


class Verdict(enum.Enum):
    """How a case ended; the values are what users read, what each means is in MEANINGS."""

    PASS = "pass"
    KNOWN = "known"
    DIFFERS = "differs"
    FIXED = "fixed?"
    CRASH = "crash"
    BACKEND = "backend"
    RESET = "reset"
    HANG = "hang"
    CUT = "cut"
    UNUSABLE = "unusable"

    @property
    def green(self) -> bool:
        return self in (Verdict.PASS, Verdict.KNOWN)


# From what matters most to a reader to what matters least.
GRAVITY = (
    Verdict.CRASH,
    Verdict.BACKEND,
    Verdict.RESET,
    Verdict.HANG,
    Verdict.CUT,
    Verdict.DIFFERS,
    Verdict.FIXED,
    Verdict.UNUSABLE,
    Verdict.KNOWN,
    Verdict.PASS,
)


@dataclass(frozen=True)
class VerdictMeaning:
    """What a verdict is, in words, and what whoever meets it does next."""

    text: str
    then: str


# The README's table has the texts, docs/runs.md what comes then.
MEANINGS = {
    Verdict.PASS: VerdictMeaning("the log seen is the log required", "nothing"),
    Verdict.KNOWN: VerdictMeaning(
        "a bug recorded in bugs/, seen exactly as recorded",
        "nothing, or 'make repro BUG=NAME', which packs what a report of that bug needs",
    ),
    Verdict.DIFFERS: VerdictMeaning(
        "the log is neither the one required nor what known bugs make of it; both are shown, what differs in red, or "
        "in [[brackets]] where there is no colour",
        "hold the line that differs against the manual's section in the case's log; if that is right, what ran the "
        "case is wrong: report it, with what 'python3 -m harness report RUN --public NAME.tar.gz' makes of the run's "
        "folder, and record it (docs/add-a-bug.md)",
    ),
    Verdict.FIXED: VerdictMeaning(
        "a bug is recorded as seen here, and the case passes",
        "'python3 -m harness bugs NAME' says on which versions the bug still shows: narrow the ranges in its file",
    ),
    Verdict.CRASH: VerdictMeaning(
        "the hypervisor died, by a signal or with an error of its own",
        "read stderr.log in the run's folder; its command boots the same again, below a debugger if need be",
    ),
    Verdict.BACKEND: VerdictMeaning(
        'the hypervisor stopped itself ("KVM internal error")',
        "read stderr.log in the run's folder, which has its reason and the registers, and the host's kernel log",
    ),
    Verdict.RESET: VerdictMeaning(
        "the guest triple-faulted",
        "the reason names the last exception in the case and where each vCPU was: its delivery is what failed",
    ),
    Verdict.HANG: VerdictMeaning(
        "no line for the deadline, or vCPUs that get nowhere",
        "the reason says where each vCPU was; on a slow machine, TIMEOUT_MULTIPLIER=10 tells whether it was only late",
    ),
    Verdict.CUT: VerdictMeaning(
        "the log ends early: the guest or the run ended in between, or a part of the log was lost on its way",
        "the reason says which, and the end of the log how far it came: run the case, or capture its log, once more",
    ),
    Verdict.UNUSABLE: VerdictMeaning(
        "nothing can be said, for the reason given",
        "mend what the reason names, or ask elsewhere: this says nothing about the hypervisor",
    ),
}


@dataclass(frozen=True)
class Named:
    """A known bug as a judgement names it: the name of its file in bugs/, and its title."""

    name: str
    title: str


@dataclass(frozen=True)
class Nearest:
    """Known bugs (their names) whose logs come nearest to those seen, which are exactly theirs in no combination."""

    bugs: tuple[str, ...]
    required: list[str]
    debugger_required: list[str]

    @property
    def title(self) -> str:
        return f"as {', '.join(self.bugs)}"


@dataclass(frozen=True)
class Judgement:
    """A verdict and what it rests on.

    `cause` is the reason in a line, `circumstances` what else is known of how the machine ended: the last exception,
    where the CPUs were. `bugs` make the verdict `known` or `fixed?`; `nearest` are known bugs that explain a part of
    what differs. `remarks` are to be told whatever the verdict.
    """

    verdict: Verdict
    cause: str = ""
    circumstances: tuple[str, ...] = ()
    bugs: tuple[Named, ...] = ()
    nearest: Nearest | None = None
    remarks: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The cause and the circumstances, in a line."""
        return "; ".join(filter(None, (self.cause, *self.circumstances)))

    @property
    def bug(self) -> str:
        """The names of the bugs, for people."""
        return ", ".join(bug.name for bug in self.bugs)

    def as_json(self) -> dict[str, Any]:
        """What reads as from_json() again, beside the verdict."""
        table: dict[str, Any] = {
            "cause": self.cause,
            "circumstances": list(self.circumstances),
            "bugs": [asdict(bug) for bug in self.bugs],
            "nearest": asdict(self.nearest) if self.nearest else None,
            "remarks": list(self.remarks),
        }
        return {key: value for key, value in table.items() if value}


@dataclass(frozen=True)
class Result:
    """What is known of one case after a run.

    `seen` are the guest's lines between begin and end, `debugger_seen` those of the debugger's log while the
    case ran; `required` and `debugger_required` are the lines that they were held against. `complete` if the
    guest ended the case; `vendor` is CPUID's text. `plain` is the judgement before the known bugs were looked at.
    `hypervisor` is the platform's description, where there is one.
    """

    case: str
    platform: str
    debugger: str
    judgement: Judgement
    seconds: float = 0.0
    run: Path | None = None
    seen: list[str] = field(default_factory=list)
    required: list[str] | None = None
    debugger_seen: list[str] = field(default_factory=list)
    debugger_required: list[str] | None = field(default_factory=list[str])
    stderr: str = ""
    complete: bool = False
    vendor: str = ""
    plain: Judgement | None = None
    hypervisor: str = ""

    @property
    def name(self) -> str:
        return self.case.partition("@")[0]

    @property
    def mode(self) -> str:
        return self.case.partition("@")[2]

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict

    @property
    def reason(self) -> str:
        return self.judgement.reason

    @property
    def beside(self) -> tuple[list[str] | None, list[str] | None]:
        """The guest's and the debugger's log that a reader compares with those seen: foretold by bugs, or required."""
        chosen = self.judgement.nearest or self
        return chosen.required, chosen.debugger_required

    @property
    def beside_title(self) -> str:
        return self.judgement.nearest.title if self.judgement.nearest else "required"

    def as_json(self) -> dict[str, Any]:
        table = {
            "case": self.name,
            "mode": self.mode,
            "platform": self.platform,
            "debugger": self.debugger,
            "verdict": self.verdict.value,
            "reason": self.reason,
            "bug": self.judgement.bug,
            "seconds": round(self.seconds, 4),
            "run": from_top(self.run) if self.run else "",
        }
        further = {"hypervisor": self.hypervisor, "remarks": list(self.judgement.remarks)}
        return table | {key: value for key, value in further.items() if value}

    def logs_as_json(self) -> dict[str, Any]:
        """What as_json() leaves out and a report shows: the judgement's parts, and the logs of what is not green."""
        logs = ("required", "seen", "debugger_required", "debugger_seen")
        table = {} if self.verdict.green else {name: getattr(self, name) for name in logs}
        return self.judgement.as_json() | table


def gravest(results: Iterable[Result]) -> Result:
    """The result that matters most; of several, the first."""
    return min(results, key=lambda result: GRAVITY.index(result.verdict))
