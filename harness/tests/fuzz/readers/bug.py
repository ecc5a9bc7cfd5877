# SPDX-License-Identifier: BSD-2-Clause
"""A known bug's file, read, and what it says asked: where it shows, and what it makes of a required log."""

from pathlib import Path

from harness.judging.bugs import BUG, SEEN, BugsByCase, read_bug
from harness.system.places import ROOT
from harness.tests.fuzz.mutations import any_or, made_of, mutated
from harness.tests.fuzz.reader import Reader

GUEST = [
    "#DB cpu=0 rip=start+1 flags=PF,TF cs=kernel dr6=ffff4ff0 dr7=00000400 cr3=00001000",
    "#DB cpu=0 rip=start+2 flags=- cs=kernel dr6=ffff0ff1 dr7=00000401",
    "note trap_budget=spent",
]
FACTS = {"accel": "tcg", "debugger": "step", "case": "icebp", "mode": "kernel64", "qemu": "7.2.22", "kernel": "6.1.0-9"}
WORDS = (
    *(
        b"[[seen]]\n",
        b"[[seen.clean]]\n",
        b"rewrite = [[",
        b"endless = [",
        b'"dr6.BS=1"',
        b'"flags.TF=1"',
        b'"*=1"',
        b'""',
    ),
    *(
        b'">=5.0,<9.1"',
        b'"==1.*"',
        b'">=1.*"',
        b'"*"',
        b'"[a-"',
        b"true",
        b"[]",
        b"verdict = ",
        b'ends_at = "#DB"\n',
        b"1.5",
    ),
    *(
        b'needs = "x"\n',
        b'dies = "x"\n',
        b'"#DB\\n#DB"',
        b"1979-05-27",
        b"gdb = []\n",
        b'except = "i*"\n',
        b'case = "*"\n',
    ),
)


def read(data: bytes, folder: Path) -> None:
    path = folder / "bug.toml"
    path.write_bytes(data)
    BugsByCase(folder).of("icebp")
    for sighting in read_bug(path).seen:
        for key in ("", *FACTS):
            sighting.applies({**FACTS, key: ""})
        sighting.may_show(FACTS)
        for log in (GUEST, GUEST[:1], []):
            sighting.rewritten((log, ["start", "+1 +2"]), "kernel64")


FILES = [path.read_bytes() for path in sorted((ROOT / "bugs").glob("*.toml"))]
VALUES = (
    *(
        b'"*"',
        b'"icebp"',
        b"[]",
        b'["a", "b"]',
        b'[["#DB", "#BP"]]',
        b'[["", "x"]]',
        b'[["dr6.BS=1", "dr6.BS=0"]]',
        b"{}",
        b"1",
    ),
    *(
        b'[["*=1", "*=2"]]',
        b'[["#DB\\nnote", "x"]]',
        b'">=5.0,<9.1"',
        b'"crash"',
        b'"differs"',
        b'"source"',
        b"true",
        b'"["',
    ),
    *(
        b'["#DB", "#BP"]',
        b'[["flags.TF=1", "flags.TF=0"]]',
        b'[["#DB", "dr7=x"]]',
        b'"==1.*"',
        b'"1.0+x"',
        b"[[1]]",
        b"nan",
    ),
)
WHOLE = b'title = "a"\nreports = []\ncase = "icebp"\n[[seen]]\n'
TABLES = made_of([key.encode() for key in (*SEEN, *SEEN, *BUG)], VALUES, [b"[[seen]]\n", b"[[seen.clean]]\n"])
READER = Reader(any_or(mutated(FILES, WORDS), TABLES.map(lambda table: WHOLE + table)), read)
