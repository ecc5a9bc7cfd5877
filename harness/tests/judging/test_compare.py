# SPDX-License-Identifier: BSD-2-Clause
"""Holding two logs against each other."""

import pytest

from harness.judging.compare import align, summary

REQUIRED = ["#DB rip=one dr6=ffff4ff0", "#DB rip=two dr6=ffff4ff0", "note image=-"]


def rows(seen):
    return [(row.required, row.seen) for row in align(REQUIRED, seen) if not row.same]


def test_equal_logs():
    assert rows(REQUIRED) == []
    assert summary(align(REQUIRED, REQUIRED)) == ""


def test_a_changed_field_is_marked():
    seen = [REQUIRED[0], "#DB rip=two dr6=00004000", REQUIRED[2]]
    assert rows(seen) == [(REQUIRED[1], seen[1])]
    (row,) = (row for row in align(REQUIRED, seen) if not row.same)
    assert row.words("seen") == [("#DB", False), ("rip=two", False), ("dr6=00004000", True)]
    assert summary(align(REQUIRED, seen)) == "dr6=00004000 instead of dr6=ffff4ff0"


def test_a_missing_line_faces_nothing():
    seen = [REQUIRED[0], REQUIRED[2]]
    assert rows(seen) == [(REQUIRED[1], None)]
    assert summary(align(REQUIRED, seen)) == f"missing: {REQUIRED[1]}"


def test_a_line_too_many_faces_nothing():
    seen = [*REQUIRED, "#UD rip=end"]
    assert rows(seen) == [(None, "#UD rip=end")]
    assert summary(align(REQUIRED, seen)) == "one line too many: #UD rip=end"


def test_a_field_too_many_is_marked():
    seen = [REQUIRED[0], REQUIRED[1], "note image=- more=1"]
    (row,) = (row for row in align(REQUIRED, seen) if not row.same)
    assert row.words("seen")[-1] == ("more=1", True)


@pytest.mark.parametrize(
    "line, odd, words",
    [
        ("note  image=-", [False, True], "' image=-' instead of 'image=-'"),
        (" note image=-", [True, False], "' note' instead of 'note'"),
        ("note image=- ", [False, True], "'image=- ' instead of 'image=-'"),
    ],
)
def test_blanks_that_alone_differ_are_marked_with_a_word(line, odd, words):
    """And stand in what is shown: the words side by side are the line."""
    (row,) = (row for row in align(REQUIRED, [*REQUIRED[:2], line]) if not row.same)
    assert [marked for _, marked in row.words("seen")] == [marked for _, marked in row.words("required")] == odd
    assert " ".join(word for word, _ in row.words("seen")) == line
    assert summary([row]) == f"only the blanks differ: {words}"
