# SPDX-License-Identifier: BSD-2-Clause
"""What the tables on a terminal say, whichever columns they have."""

import re


def row(text: str, label: str) -> list[str]:
    """The cells after the label of the row that begins with it."""
    lines = [re.split("  +", line.rstrip()) for line in text.splitlines()]
    (found,) = [cells[1:] for cells in lines if cells[0] == label]
    return found
