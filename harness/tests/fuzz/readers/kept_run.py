# SPDX-License-Identifier: BSD-2-Clause
"""Folders of runs that others have sent: their JSON, merged and shown as `report` and `judge` do."""

import json
from pathlib import Path

from hypothesis import strategies

from harness.judging.result import Judgement, Named, Nearest, Result, Verdict
from harness.report.html import page
from harness.report.markdown import summary
from harness.runs import captured
from harness.runs import read as runs
from harness.runs.merge import merge
from harness.runs.record import json_text
from harness.tests.fuzz.mutations import mutated
from harness.tests.fuzz.reader import Reader

PLATFORM = {
    **{"platform": "tcg", "description": "QEMU 7.2", "program": "/usr/bin/qemu", "qemu": "7.2.22", "cpu_model": "max"},
    **{"facts": {"accel": "tcg", "qemu": "7.2.22", "machine": "microvm"}, "reservations": ["none"], "remarks": []},
    **{"gdb": "GNU gdb 13.1", "host": {"system": "Linux", "release": "6.1", "machine": "x86_64", "cpu": "a CPU"}},
    **{"python": "3.11.2", "image": {"name": "guest64.elf", "sha256": "00"}, "stub": {"Z0": "OK"}},
}
DIFFERS = Judgement(
    Verdict.DIFFERS, "dr6", ("vCPU 0",), nearest=Nearest(("tcg-init-cr0",), ["#DB dr6=1"], []), remarks=("a remark",)
)
KNOWN = Judgement(Verdict.KNOWN, "as recorded", bugs=(Named("tcg-int1-ud", "TCG raises #UD"),))
RESULTS = [
    Result("icebp@kernel64", "tcg", "step", DIFFERS, 0.25, Path("/x"), ["#DB dr6=0"], ["#DB dr6=1"], ["+1"], ["+2"]),
    Result("icebp@user32", "tcg", "detached", KNOWN, 1.0),
    Result("int3@user32", "tcg", "detached", Judgement(Verdict.CRASH, "it died"), required=None),
]
VERDICTS = [result.as_json() | result.logs_as_json() for result in RESULTS]

ANYTHING = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | strategies.text(max_size=9),
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(max_size=9), inner),
    max_leaves=6,
)


@strategies.composite
def changed(draw, whole) -> bytes:
    """A value with something else in place of a part of it, or more or fewer of those that it has."""
    value = json.loads(json.dumps(whole))
    for _ in range(draw(strategies.integers(1, 3))):
        holder, key = None, None
        inner = value
        while isinstance(inner, (dict, list)) and inner and (holder is None or draw(strategies.integers(0, 3))):
            holder, key = inner, draw(
                strategies.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner)))
            )
            inner = holder[key]
        if holder is None:
            break
        if draw(strategies.integers(0, 3)):
            holder[key] = draw(ANYTHING)
        else:
            del holder[key]
    return json.dumps(value).encode()


def files(whole) -> strategies.SearchStrategy[bytes]:
    return strategies.one_of(
        strategies.just(json_text(whole).encode()), changed(whole), mutated([json_text(whole).encode()])
    )


def read(value: tuple[bytes, bytes, bytes], folder: Path) -> None:
    for name, data in zip((runs.PLATFORM, runs.VERDICTS, "stderr.log"), value):
        (folder / name).write_bytes(data)
    captured.circumstances(str(folder / "serial.log"))
    lines, results = merge(runs.read([folder]), ["tcg"])
    page(lines, results)
    summary(lines, results)
    runs.output(folder)


READER = Reader(strategies.tuples(files(PLATFORM), files(VERDICTS), strategies.binary(max_size=40)), read)
