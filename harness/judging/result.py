# SPDX-License-Identifier: BSD-2-Clause
"""Verdicts, and the result of one case on one platform in one debugger mode."""

import enum
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


class Verdict(enum.Enum):
    """How a case ended; the values are what users read."""

    PASS = "pass"  # the log seen is the log required
    KNOWN = "known"  # a bug in bugs/, seen exactly as recorded
    DIFFERS = "differs"
    FIXED = "fixed?"  # recorded as broken here, and it is not
    CRASH = "crash"  # the hypervisor died
    BACKEND = "backend"  # the hypervisor stopped itself
    RESET = "reset"  # triple fault
    HANG = "hang"  # silence for the deadline
    CUT = "cut"  # the log ends early
    UNUSABLE = "unusable"  # nothing can be said, for a reason

    @property
    def green(self) -> bool:
        return self in (Verdict.PASS, Verdict.KNOWN)


@dataclass(frozen=True)
class Nearest:
    """Known bugs whose logs come nearest to those seen, which are exactly theirs in no combination."""

    bugs: str
    required: list[str]
    debugger_required: list[str]


@dataclass
class Result:
    """What is known of one case after a run.

    `seen` are the guest's lines between begin and end, `debugger_seen` those of the debugger's log while the
    case ran; `required` and `debugger_required` are the lines that they were held against. `complete` if the
    guest ended the case; `vendor` is CPUID's text. `unexplained` and `symptom` are the
    verdict and the reason as they were before the known bugs were looked at. `nearest` are known bugs that explain a
    part of what differs. `remarks` are to be told whatever the verdict.
    """

    case: str
    platform: str
    debugger: str
    verdict: Verdict
    reason: str = ""
    bug: str = ""
    seconds: float = 0.0
    run: Path | None = None
    seen: list[str] = field(default_factory=list)
    required: list[str] | None = None
    debugger_seen: list[str] = field(default_factory=list)
    debugger_required: list[str] | None = field(default_factory=list[str])
    stderr: str = ""
    complete: bool = False
    vendor: str = ""
    unexplained: Verdict | None = None
    symptom: str = ""
    nearest: Nearest | None = None
    remarks: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.case.partition("@")[0]

    @property
    def mode(self) -> str:
        return self.case.partition("@")[2]

    @property
    def beside(self) -> tuple[list[str] | None, list[str] | None]:
        """The guest's and the debugger's log that a reader compares with those seen: foretold by bugs, or required."""
        chosen = self.nearest or self
        return chosen.required, chosen.debugger_required

    @property
    def beside_title(self) -> str:
        return f"as {self.nearest.bugs}" if self.nearest else "required"

    def as_json(self) -> dict[str, Any]:
        return {
            "case": self.name,
            "mode": self.mode,
            "platform": self.platform,
            "debugger": self.debugger,
            "verdict": self.verdict.value,
            "reason": self.reason,
            "bug": self.bug,
            "seconds": round(self.seconds, 4),
            "run": str(self.run) if self.run else "",
        }

    def logs_as_json(self) -> dict[str, Any]:
        """What as_json() leaves out and a report shows: the logs of what is not green, and remarks."""
        logs = ("required", "seen", "debugger_required", "debugger_seen")
        table = {} if self.verdict.green else {name: getattr(self, name) for name in logs}
        if self.nearest:
            table["nearest"] = asdict(self.nearest)
        return table | ({"remarks": self.remarks} if self.remarks else {})
