# SPDX-License-Identifier: BSD-2-Clause
"""Which versions have a known bug, by the ranges of its sightings."""

import pytest
from packaging.version import Version

from harness.judging.affected import accelerator_of, affected, span_of
from harness.judging.bugs import Bug, Sighting


def bug(*where: dict, basis: str = "observed") -> Bug:
    return Bug("x", "title", [], [Sighting({"case": "*"} | each, verdict="crash", basis=basis) for each in where])


@pytest.mark.parametrize(
    "where, words",
    [
        ([{}], ""),
        ([{"qemu": "<9.1"}], "QEMU <9.1"),
        ([{"qemu": ">=5.2,<7.3"}], "QEMU >=5.2,<7.3"),
        ([{"qemu": ">=10.0"}], "QEMU >=10.0"),
        ([{"qemu": "<=7.2"}], "QEMU <=7.2"),
        ([{"qemu": "==7.2"}], "QEMU >=7.2,<=7.2"),
        ([{"qemu": ">=5.2,<7.3"}, {"qemu": ">=10.0,<11.2"}], "QEMU >=5.2,<7.3 or >=10.0,<11.2"),
        ([{"qemu": ">=7.2,<11.2"}, {"qemu": ">=5.2,<7.3"}], "QEMU >=5.2,<11.2"),
        ([{"qemu": ">=5.2,<7"}, {"qemu": ">=7,<8"}], "QEMU >=5.2,<8"),
        ([{"qemu": ">=5.2,<9"}, {"qemu": ">=6,<8"}], "QEMU >=5.2,<9"),
        ([{"qemu": [">=5.2,<6", ">=7,<8"]}], "QEMU >=5.2,<6 or >=7,<8"),
        ([{"qemu": "<7"}, {"qemu": ">=6"}], ""),
        ([{"qemu": "<7"}, {}], ""),
        ([{"qemu": "<7", "kernel": ">=6.1"}], "QEMU <7, Linux >=6.1"),
        ([{"qemu": "<7"}, {"qemu": "<8", "kernel": ">=6.1"}], "QEMU <8"),
    ],
)
def test_ranges_are_joined(where, words):
    assert affected(bug(*where), "tcg") == words


def test_ranges_of_other_accelerators_do_not_count():
    both = bug({"accel": "tcg", "qemu": "<7"}, {"accel": "kvm", "kernel": ">=6.1"})
    assert (affected(both, "tcg"), affected(both, "kvm")) == ("QEMU <7", "Linux >=6.1")


def test_of_an_unknown_accelerator_all_that_is_recorded_is_told():
    assert affected(bug({"accel": "tcg", "qemu": "<7"}), "GenuineIntel") == "QEMU <7"


def test_predictions_are_no_versions_that_have_it():
    assert affected(bug({"qemu": "<7"}, basis="source"), "tcg") == ""


@pytest.mark.parametrize("platform", ["kvm", "kvm@amd:6.12", "kvm+wine", "kvm qemu=10.0.2"])
def test_the_accelerator_in_a_platforms_name(platform):
    assert accelerator_of(platform) == "kvm"


def test_what_is_predicted_alone_can_be_asked_for():
    assert affected(bug({"accel": "v86", "v86": "<1"}, basis="source"), "v86", "source") == "v86 <1"


def test_a_span_has_its_versions():
    assert [Version(text) in span_of(">=5.2,<11.2") for text in ("5.1", "5.2", "11.1.3", "11.2")] == [
        False,
        True,
        True,
        False,
    ]
    assert Version("7.2") in span_of("<=7.2") and Version("7.2") not in span_of("<7.2")
