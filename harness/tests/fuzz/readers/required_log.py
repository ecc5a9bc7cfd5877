# SPDX-License-Identifier: BSD-2-Clause
"""A required log's file: its blocks, who says the same, its rules, and what `bless` writes instead."""

from pathlib import Path

from harness.blessing.rules import objections, rules_of
from harness.catalogue.log_file import read_blocks, read_comments, read_seen, updated
from harness.system import files
from harness.system.places import CASES
from harness.tests.fuzz.mutations import any_or, lines_of, mutated
from harness.tests.fuzz.reader import Reader

LOGS = [path.read_bytes() for path in sorted(CASES.glob("*/*.log")) if path.stat().st_size < 5000]
WORDS = (
    *(b"begin x@kernel64\n", b"begin x@\n", b"begin x@a,a\n", b"end x\n", b"end x@kernel64\n", b"steps x@kernel64\n"),
    *(
        b"seen tcg: kernel64\n",
        b"seen : a\n",
        b"seen tcg\n",
        b"seen\n",
        b"rule #DB: dr6=1\n",
        b"rule@user64 a x2: !b\n",
    ),
    *(
        b"rule : : :\n",
        b"flags=TF,",
        b"dr6=",
        b"dr7=-1 ",
        b"dr6.BS=1|2",
        b"flags.X=1",
        b"; ",
        b"unwitnessed\n",
        b"x99999999",
    ),
)


def read(data: bytes, folder: Path) -> None:
    path = folder / "case.log"
    path.write_bytes(data)
    blocks = read_blocks(path)
    read_seen(path)
    read_comments(path)
    rules = rules_of(path)
    for (word, case), lines in list(blocks.items())[:3]:
        objections(rules, lines, case.partition("@")[2])
        updated(files.read_text(path, "ascii"), {(word, case): [*lines, "note new=1"]}, {(word, case): ["tcg"]})


READER = Reader(any_or(mutated(LOGS, WORDS), lines_of(LOGS, WORDS)), read)
