# SPDX-License-Identifier: BSD-2-Clause
"""What a command keeps in memory of its results: everything, until that is more than any known run has.

A guest decides how much it writes, and a run may boot it a thousand times. All of it is in the VMs' folders.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from harness.judging.result import Nearest, Result
from harness.system.printable import CUT

# Bytes. The whole catalogue in nine debugger modes on TCG has 1.9 million, as they are counted here.
ALLOWANCE = 16 << 20
FREE = 4096  # of a result, which counts for nothing
LINE = 64  # of a line, beside its characters


@dataclass
class Allowance:
    """How many bytes of logs may still be kept."""

    left: int = ALLOWANCE
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, result: Result) -> Result:
        """The result as it is to be kept: whole, or with the beginnings of its logs.

        What its hypervisor has said is not kept: the judge alone looks at it.
        """
        result = replace(result, stderr="")
        size = sum(map(_size, _logs(result)))
        if size <= FREE:
            return result
        with self._lock:
            if size <= self.left:
                self.left -= size
                return result
        nearest = result.judgement.nearest
        begun = nearest and Nearest(nearest.bugs, _beginning(nearest.required), _beginning(nearest.debugger_required))
        return replace(
            result,
            judgement=replace(result.judgement, nearest=begun),
            plain=None,
            seen=_beginning(result.seen),
            debugger_seen=_beginning(result.debugger_seen),
        )


def _logs(result: Result) -> list[Sequence[str]]:
    nearest = result.judgement.nearest
    return [result.seen, result.debugger_seen, *((nearest.required, nearest.debugger_required) if nearest else ())]


def _size(lines: Sequence[str]) -> int:
    return sum(len(line) + LINE for line in lines)


def _beginning(lines: list[str]) -> list[str]:
    """The first lines, a quarter of what is free, and that there are more."""
    left = FREE // 4
    for number, line in enumerate(lines):
        left -= len(line) + LINE
        if left < 0:
            return [*lines[:number], CUT]
    return lines
