# SPDX-License-Identifier: BSD-2-Clause
"""Which versions have a known bug: the ranges in its file, joined."""

import re
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from harness.judging.bugs import Bug, Sighting, as_list, matches

PROGRAMS = {"qemu": "QEMU", "kernel": "Linux", "bochs": "Bochs", "v86": "v86", "xen": "Xen", "windows": "Windows"}

OLDEST, NEWEST = Version("0"), Version("99999")  # of a range that is open on that side


@dataclass(frozen=True, order=True)
class Span:
    """Versions from `first` on, up to `end`, which is one of them only if `inclusive`."""

    first: Version
    end: Version
    inclusive: bool = False

    def __str__(self) -> str:
        words = [f">={self.first}"] if self.first != OLDEST else []
        if self.end != NEWEST:
            words.append(f"{'<=' if self.inclusive else '<'}{self.end}")
        return ",".join(words)

    def __contains__(self, version: Version) -> bool:
        return self.first <= version and (version < self.end or (self.inclusive and version == self.end))


def affected(bug: Bug, accel: str, basis: str = "observed") -> str:
    """The versions in which the bug was observed with an accelerator: "QEMU >=5.2,<7.3 or >=10.0, Linux >=6.1".

    Or is predicted to be, by another `basis`. All that its file records, where it knows nothing of this accelerator.
    Empty where it is tied to no version.
    """
    observed = [sighting for sighting in bug.seen if sighting.basis == basis]
    here = [sighting for sighting in observed if matches(accel, sighting.where.get("accel", "*"))]
    words = [f"{program} {spans}" for key, program in PROGRAMS.items() if (spans := _spans(here or observed, key))]
    return ", ".join(words)


def accelerator_of(platform: str) -> str:
    """The accelerator in a platform's name: kvm of "kvm@amd:6.12", tcg of "tcg+wine" and of "tcg qemu=10.0.2"."""
    return re.split("[@+ ]", platform, maxsplit=1)[0]


def _spans(sightings: list[Sighting], key: str) -> str:
    """The versions of one program, joined; empty where one of the sightings is not tied to any."""
    ranges = [sighting.where[key] for sighting in sightings if key in sighting.where]
    if not ranges or len(ranges) < len(sightings):
        return ""
    joined: list[Span] = []
    for span in sorted(span_of(text) for wanted in ranges for text in as_list(wanted)):
        if joined and span.first <= joined[-1].end:
            last = joined.pop()
            longer = max(last, span, key=lambda each: (each.end, each.inclusive))
            span = Span(last.first, longer.end, longer.inclusive)
        joined.append(span)
    return " or ".join(map(str, joined)) if str(joined[0]) else ""


def span_of(text: str) -> Span:
    """The span of a range such as ">=5.0,<9.1"."""
    first, end, inclusive = OLDEST, NEWEST, False
    for specifier in SpecifierSet(text):
        version = Version(specifier.version.removesuffix(".*"))
        if specifier.operator in (">=", ">", "=="):
            first = version
        if specifier.operator in ("<", "<=", "=="):
            end, inclusive = version, specifier.operator != "<"
    return Span(first, end, inclusive)
