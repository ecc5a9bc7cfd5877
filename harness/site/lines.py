# SPDX-License-Identifier: BSD-2-Clause
"""In which of the versions that were tried a known bug is present, on a line for each hypervisor."""

import enum
from dataclasses import dataclass, replace

from harness.catalogue.debugger_modes import doing
from harness.hunt.standing import is_a_bug, is_observed
from harness.judging.affected import PROGRAMS
from harness.judging.bugs import Bug, Sighting, as_list


class InVersion(enum.Enum):
    """What a bug's file says of a version; the values are what users read."""

    PRESENT = "present"
    ABSENT = "absent"  # looked for there, and not found
    PREDICTED = "predicted"  # read in source, and never looked for
    UNTOLD = "nothing recorded"


@dataclass(frozen=True)
class Line:
    """A hypervisor: the versions of `program`, by its key in a bug's file, that its bugs were looked for in.

    `facts` are those that its sightings meet, whatever the version.
    """

    title: str
    program: str
    facts: dict[str, str]
    versions: tuple[str, ...]

    @property
    def accel(self) -> str:
        return self.facts["accel"]

    @property
    def heading(self) -> str:
        """The line in words that stand alone: "KVM on AMD: Linux"."""
        program = PROGRAMS[self.program]
        return self.title if self.title == program else f"{self.title}: {program}"


# As docs/findings.md has them. A file that speaks of another version wants it here: a test says so.
LINES = (
    Line("TCG", "qemu", {"accel": "tcg"}, ("5.2.0", "7.2.22", "10.0.13", "11.1.3")),
    Line(
        "KVM on AMD",
        "kernel",
        {"accel": "kvm", "backend": "kvm_amd"},
        ("5.10.223", "6.1.176", "6.12.107", "6.12.117", "7.2.13"),
    ),
    Line("KVM on Intel", "kernel", {"accel": "kvm", "backend": "kvm_intel"}, ("5.10.223", "6.1.176")),
    Line("Xen", "xen", {"accel": "xen"}, ("4.14.6", "4.17.5", "4.20.5", "4.23")),
    Line("Bochs", "bochs", {"accel": "bochs"}, ("2.7", "3.0", "3.1")),
    Line("v86", "v86", {"accel": "v86"}, ("0.5.462",)),
    Line("WHPX", "qemu", {"accel": "whpx"}, ("7.1", "10.2", "11.0")),  # predicted alone
)

VENDORS = {"GenuineIntel": "Intel's CPUs", "AuthenticAMD": "AMD's CPUs"}


@dataclass(frozen=True)
class Track:
    """A bug on a line: what its file says of each version, and what it takes to see it there ("" for nothing)."""

    line: Line
    states: tuple[InVersion, ...]
    takes: str

    @property
    def stops(self) -> list[tuple[str, InVersion]]:
        return list(zip(self.line.versions, self.states))

    @property
    def seen(self) -> bool:
        """Whether anybody has seen it on this line."""
        return InVersion.PRESENT in self.states


def tracks(bug: Bug) -> list[Track]:
    """The lines of which a bug's file speaks; none of what is no bug of a hypervisor's."""
    found = []
    for line in LINES:
        mine = [sighting for sighting in bug.seen if is_on(sighting, line)]
        if mine:
            states = tuple(_state(mine, line.program, version) for version in line.versions)
            found.append(Track(line, states, _takes(list(filter(is_observed, mine)) or mine)))
    return found


def is_on(sighting: Sighting, line: Line) -> bool:
    """Whether a sighting is a deviation of this hypervisor."""
    return "accel" in sighting.where and is_a_bug(sighting) and sighting.may_show(line.facts)


def _state(sightings: list[Sighting], program: str, version: str) -> InVersion:
    """What counts first: that it was seen, that it was looked for in vain, that it is in the source."""
    there = [sighting for sighting in sightings if sighting.may_show({program: version})]
    if any(map(is_observed, there)):
        return InVersion.PRESENT
    for sighting in sightings:
        clean = [conditions for conditions in sighting.clean if program in conditions]
        if any(replace(sighting, where=conditions).may_show({program: version}) for conditions in clean):
            return InVersion.ABSENT
    return InVersion.PREDICTED if there else InVersion.UNTOLD


def _takes(sightings: list[Sighting]) -> str:
    """The conditions that all of them have and that are none of the line's."""
    words = []
    if not any(sighting.may_show({"debugger": "detached", "gdb": str(doing("detached"))}) for sighting in sightings):
        words.append("a gdb")
    vendors = [vendor for vendor in VENDORS if any(sighting.may_show({"vendor": vendor}) for sighting in sightings)]
    if len(vendors) == 1:
        words.append(VENDORS[vendors[0]])
    for key, usual, knob in (("engine", "default", "ENGINE"), ("machine", "microvm", "MACHINE")):
        if not any(sighting.may_show({key: usual}) for sighting in sightings):
            named = dict.fromkeys(name for each in sightings for name in as_list(each.where[key]))
            words.append(f"{knob}={','.join(named)}")
    return ", ".join(words)
