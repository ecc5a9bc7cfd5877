# SPDX-License-Identifier: BSD-2-Clause
"""The tables of docs/findings.md are what bugs/ says; each version that a bug's file speaks of has a place there."""

import re

import pytest
from packaging.version import Version

from harness.hunt.standing import is_observed
from harness.judging.affected import span_of
from harness.judging.bugs import Bug, Sighting, as_list, read_bug
from harness.site.findings import BEGIN, END, tables, with_tables
from harness.site.lines import LINES, InVersion, is_on, tracks
from harness.system import files
from harness.system.places import ROOT
from harness.tests.known_bugs import BUGS

PAGE = ROOT / "docs" / "findings.md"

PRESENT, ABSENT, PREDICTED, UNTOLD = InVersion.PRESENT, InVersion.ABSENT, InVersion.PREDICTED, InVersion.UNTOLD


def bug(*seen: Sighting) -> Bug:
    return Bug("made-up", "A | made up * bug", [], list(seen))


def seen(basis="observed", clean=(), **where) -> Sighting:
    conditions = {"case": "icebp", "accel": "tcg"} | where
    return Sighting(conditions, basis=basis, clean=[dict(each) for each in clean])


def states(*sightings: Sighting) -> tuple[InVersion, ...]:
    """Of the only line, TCG's: 5.2.0, 7.2.22, 10.0.13, 11.1.3."""
    (track,) = tracks(bug(*sightings))
    return track.states


def test_the_tables_are_what_the_files_of_bugs_say():
    text = files.read_text(PAGE)
    assert with_tables(text, BUGS) == text, "python3 -m harness.tests.site.test_findings writes them anew"


def test_what_is_written_by_hand_stays():
    assert with_tables(f"a\n{BEGIN}\nold\n{END}\nb\n", [bug(seen())]).startswith(f"a\n{BEGIN}\n\n| ")
    assert with_tables(f"a\n{BEGIN}\nold\n{END}\nb\n", [bug(seen())]).endswith(f"\n{END}\nb\n")


def test_a_version_is_present_absent_predicted_or_nobody_has_looked():
    assert states(seen(qemu="<9.1", clean=[{"qemu": ">=11"}])) == (PRESENT, PRESENT, UNTOLD, ABSENT)
    assert states(seen(qemu=">=10.0", basis="source")) == (UNTOLD, UNTOLD, PREDICTED, PREDICTED)
    assert states(seen(qemu=["<6", ">=11"])) == (PRESENT, UNTOLD, UNTOLD, PRESENT)
    assert states(seen()) == (PRESENT,) * 4


def test_what_was_seen_counts_before_what_was_not():
    both = seen(qemu="<6", clean=[{"qemu": ">=7.2"}]), seen(qemu=">=10.0", case="int3")
    assert states(*both) == (PRESENT, ABSENT, PRESENT, PRESENT)


@pytest.mark.parametrize(
    "where, words",
    [
        ({}, ""),
        ({"debugger": "step"}, "a gdb"),
        ({"gdb": "armed"}, "a gdb"),
        ({"debugger": ["step", "detached"]}, ""),
        ({"vendor": "GenuineIntel", "engine": "icount"}, "Intel's CPUs, ENGINE=icount"),
        ({"machine": "q35"}, "MACHINE=q35"),
    ],
)
def test_what_it_takes_to_see_it(where, words):
    (track,) = tracks(bug(seen(**where)))
    assert track.takes == words


def test_a_condition_that_one_sighting_is_free_of_is_none():
    (track,) = tracks(bug(seen(debugger="step"), seen(vendor="GenuineIntel")))
    assert track.takes == ""


def test_what_a_cpu_does_not_have_is_on_no_line():
    assert tracks(bug(Sighting({"case": "*"}, needs="svm=1"))) == []
    assert "| [`made-up`](../bugs/made-up.toml) |" in tables([bug(Sighting({"case": "*"}, needs="svm=1"))])


def test_a_kernel_that_the_abort_of_2022_spares_is_told_from_the_others():
    amd, intel = tracks(read_bug(ROOT / "bugs" / "qemu-1045.toml"))
    assert [amd.states[0], *set(amd.states[1:])] == [ABSENT, PRESENT] and set(intel.states) == {PRESENT}
    assert amd.line.heading == "KVM on AMD: Linux" and amd.takes == intel.takes == "a gdb"


def test_a_title_does_not_break_a_table():
    text = tables([bug(seen(qemu="<6"))])
    assert r"| A \| made up \* bug | [`made-up`](../bugs/made-up.toml) | yes |  |  |  |" in text


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.title)
def test_each_range_that_was_observed_has_a_version_on_the_line(line):
    """Else the page and the site would say that nobody has looked there."""
    for each in BUGS:
        for sighting in each.seen:
            if is_on(sighting, line) and is_observed(sighting) and line.program in sighting.where:
                for text in as_list(sighting.where[line.program]):
                    assert any(map(span_of(text).__contains__, map(Version, line.versions))), (each.name, text)


def test_each_version_was_tried_as_a_file_of_a_bug_or_the_page_says():
    """But WHPX's, which were read."""
    own = files.read_text(PAGE)
    own = own.partition(BEGIN)[0] + own.partition(END)[2]
    text = "".join([own, *(files.read_text(ROOT / "bugs" / f"{each.name}.toml") for each in BUGS)])
    for version in {version for line in LINES if line.accel != "whpx" for version in line.versions}:
        assert re.search(rf"(?<![\d.]){re.escape(version)}(?!\d)", text), version


if __name__ == "__main__":
    PAGE.write_text(with_tables(files.read_text(PAGE), BUGS), encoding="utf-8")
