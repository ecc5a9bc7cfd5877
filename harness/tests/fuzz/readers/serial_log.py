# SPDX-License-Identifier: BSD-2-Clause
"""The guest's serial log: as a boot hears it, line by line, and as `judge` reads and judges what others captured."""

from functools import cache
from pathlib import Path

from harness.catalogue.log import Log
from harness.catalogue.required import RequiredLogs
from harness.judging.bugs import Bug, read_bugs
from harness.runs import captured
from harness.system.places import CASES, ROOT
from harness.tests.fuzz.mutations import any_or, lines_of, mutated
from harness.tests.fuzz.reader import Reader
from harness.tests.guest_log import log_of
from harness.verbs.judge import judge_log
from harness.vm.outcome import Outcome

CPU = "vendor={} family=6 model=60 stepping=3 hypervisor=TCGTCGTCGTCG"
ASKED = ("icebp", "int3", "tf_step", "db_exec", "pushf_popf_tf", "vmx_msrs", "init_sipi")


@cache
def required() -> RequiredLogs:
    return RequiredLogs(CASES)


@cache
def bugs() -> list[Bug]:
    return read_bugs(ROOT / "bugs")


def logs() -> list[bytes]:
    """What a guest says that does as required, on CPUs of either vendor."""
    found = []
    for mode, vendor in (("kernel64", "GenuineIntel"), ("real16", "AuthenticAMD"), ("user32", "GenuineIntel")):
        blocks = {f"{case}@{mode}": required().lines(f"{case}@{mode}", vendor) or ["note 1"] for case in ASKED}
        found.append("\n".join(["SeaBIOS", *log_of(blocks, CPU.format(vendor)), ""]).encode())
    stamped = b"".join(b"[%5d.1] %s\r\n" % (number, line) for number, line in enumerate(found[0].splitlines()))
    return [*found, stamped, found[0][: len(found[0]) // 2] + b"\nended reset icebp@kernel64: it was\nfound: words\n"]


WORDS = (
    *(
        b"trapline 1 mode=kernel32 cpus=1 cases=1\n",
        b"trapline\n",
        b"needs vme=1\n",
        b"bye cases=7 traps=0\n",
        b"cpu\n",
    ),
    *(
        b"begin icebp@real16\n",
        b"end icebp@real16\n",
        b"begin x\n",
        b"begin @\n",
        b"ended hang x@y: z\n",
        b"found: z\n",
    ),
    *(b"#DB cpu=0 rip=", b"flags=", b"dr6=", b"dr6=\n", b"dr6=x ", b"flags=TF,TF", b"note trap_budget=spent\n", b"cs="),
)


def read(data: bytes, folder: Path) -> None:
    outcome = Outcome()
    for line in data.split(b"\n"):
        outcome.take(line)
    Log(kept=True).feed(data.decode("utf-8", "replace"))
    (folder / "serial.log").write_bytes(data)
    text = captured.text_of(captured.read(str(folder / "serial.log"), folder, lambda line: None))
    judge_log(text, "serial.log", required(), bugs())


READER = Reader(
    any_or(mutated(logs(), WORDS), lines_of(logs(), WORDS)),
    read,
    found=(b"trapline\nneeds vme=1\n", b"trapline 1 mode=kernel64 cpus=2 cases=7\nflags="),
)
