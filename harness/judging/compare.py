# SPDX-License-Identifier: BSD-2-Clause
"""Two logs held against each other, line by line and field by field."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

# One blank. What is more than that is the next word's, or the last one's: it may be all that differs.
BETWEEN = re.compile(r"(?<=\S) (?=.)")

AROUND = 2  # lines of an excerpt before and after what differs


@dataclass
class Row:
    """A line required beside a line seen; None where the other side has one more."""

    required: str | None
    seen: str | None

    @property
    def same(self) -> bool:
        return self.required == self.seen

    def words(self, side: str) -> list[tuple[str, bool]]:
        """The words of one side ("required" or "seen"), each with whether the other side's line differs in it.

        A line that faces none differs as a whole, in no word of its own.
        """
        mine, other = (self.required, self.seen) if side == "required" else (self.seen, self.required)
        if mine is None:
            return []
        others = BETWEEN.split(mine if other is None else other)
        return [(word, index >= len(others) or others[index] != word) for index, word in enumerate(BETWEEN.split(mine))]


def align(required: Sequence[str], seen: Sequence[str]) -> list[Row]:
    """The two logs side by side: equal lines face each other, changed ones too, the rest faces nothing."""
    rows: list[Row] = []
    matcher = difflib.SequenceMatcher(None, required, seen, autojunk=False)
    for _, left, left_end, right, right_end in matcher.get_opcodes():
        for offset in range(max(left_end - left, right_end - right)):
            rows.append(
                Row(
                    required[left + offset] if left + offset < left_end else None,
                    seen[right + offset] if right + offset < right_end else None,
                )
            )
    return rows


def excerpt(rows: list[Row]) -> list[Row]:
    """What differs, with some lines around it; none where nothing does."""
    near = {place + step for place, row in enumerate(rows) if not row.same for step in range(-AROUND, AROUND + 1)}
    return [row for place, row in enumerate(rows) if place in near]


def summary(rows: list[Row]) -> str:
    """The first difference in a few words, for a table's footnote or a JUnit message."""
    different = [row for row in rows if not row.same]
    if not different:
        return ""
    first = different[0]
    if first.required is None:
        text = f"one line too many: {first.seen}"
    elif first.seen is None:
        text = f"missing: {first.required}"
    else:
        wanted = " ".join(word for word, odd in first.words("required") if odd) or "nothing"
        found = " ".join(word for word, odd in first.words("seen") if odd) or "nothing"
        text = f"{found} instead of {wanted}"
        if first.required.split() == first.seen.split():
            text = f"only the blanks differ: '{found}' instead of '{wanted}'"
    return text if len(different) == 1 else f"{text} (and {len(different) - 1} more)"
