# SPDX-License-Identifier: BSD-2-Clause
"""Whether known bugs are in the newest versions that their files speak of, and whose bugs they are to mend."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from packaging.version import Version

from harness.judging.affected import PROGRAMS, Span, span_of
from harness.judging.bugs import Bug, Sighting, as_list
from harness.judging.result import Verdict

# What in an address tells a commit from a report.
COMMIT = "/commit/"


class Standing(enum.Enum):
    """What is known of a bug in the newest version; the values are what users read."""

    OPEN = "open"
    ABSENT = "absent there"  # looked for there, and not found
    UNKNOWN = "not seen there"
    PREDICTED = "predicted from source"  # and never seen in any
    NO_BUG = "no bug of a hypervisor"  # what a CPU does not have, or another program's


@dataclass(frozen=True)
class Newest:
    """For each program, by its key in a bug's file, the newest version that any file has observed anything in.

    `known` are those at which any file's range begins, the newest first.
    """

    versions: dict[str, Version]
    known: dict[str, list[Version]]

    @classmethod
    def of(cls, bugs: Iterable[Bug]) -> "Newest":
        known: dict[str, set[Version]] = {key: set() for key in PROGRAMS}
        observed: dict[str, set[Version]] = {key: set() for key in PROGRAMS}
        for sighting in (sighting for bug in bugs for sighting in bug.seen):
            for key in PROGRAMS:
                versions = {span.first for span in _spans(sighting.where, key)}
                known[key] |= versions
                observed[key] |= versions if is_observed(sighting) else set()
        return cls(
            {key: max(versions) for key, versions in observed.items() if versions},
            {key: sorted(versions, reverse=True) for key, versions in known.items()},
        )

    def within(self, conditions: dict[str, Any], key: str) -> Version | None:
        """The newest version of a program that conditions allow, of those that files speak of; None of no such."""
        if key not in conditions:
            return self.versions.get(key)
        spans = _spans(conditions, key)
        return next((version for version in self.known[key] if any(version in span for span in spans)), None)

    def allows(self, conditions: dict[str, Any], key: str) -> bool:
        """Whether conditions hold in the newest version."""
        return key not in conditions or any(self.versions[key] in span for span in _spans(conditions, key))


def _spans(conditions: dict[str, Any], key: str) -> list[Span]:
    return [span_of(text) for text in as_list(conditions.get(key, []))]


def is_observed(sighting: Sighting) -> bool:
    return sighting.basis == "observed"


def is_a_bug(sighting: Sighting) -> bool:
    """Whether it is a deviation of a hypervisor's that one boot shows, on a CPU that is not itself the one at fault."""
    accel, where = sighting.where.get("accel"), sighting.where
    beneath = (accel == "kvm" and "bochs" in where) or (accel == "xen" and "xen" not in where)
    return not (sighting.needs or sighting.dies or beneath)


def program_of(sighting: Sighting) -> str:
    """The program that has the bug, by its key in the file."""
    accel = as_list(sighting.where.get("accel", ""))[0]
    if accel in ("bochs", "v86", "xen"):
        return accel
    return "kernel" if accel == "kvm" and sighting.verdict != Verdict.CRASH.value else "qemu"


def standing_of(bug: Bug, newest: Newest) -> Standing:
    sightings = [sighting for sighting in bug.seen if is_a_bug(sighting)]
    observed = list(filter(is_observed, sightings))
    if not sightings:
        return Standing.NO_BUG
    if not observed:
        return Standing.PREDICTED
    if any(newest.allows(sighting.where, program_of(sighting)) for sighting in observed):
        return Standing.OPEN
    for sighting in observed:
        key = program_of(sighting)
        if any(key in clean and newest.allows(clean, key) for clean in sighting.clean):
            return Standing.ABSENT
    return Standing.UNKNOWN


def reports_of(bug: Bug) -> list[str]:
    """The addresses of its reports, without those of commits."""
    return [address for address in bug.reports if COMMIT not in address]
