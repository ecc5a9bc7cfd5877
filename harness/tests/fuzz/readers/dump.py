# SPDX-License-Identifier: BSD-2-Clause
"""A log with dumps for `symbolize`: this guest's, XMHF's and kvm-unit-tests' forms, registers and bare addresses."""

from functools import cache
from pathlib import Path

from harness.symbolize.dumps import are_all, read_dumps
from harness.symbolize.program import Program
from harness.symbolize.unwind import unwind
from harness.system.places import BUILD
from harness.tests.fuzz.mutations import any_or, lines_of, mutated
from harness.tests.fuzz.reader import Reader

OURS = b"""\
panic cpu=0 vector=14 name=#PF error=00000002 rip=0000000000100ab0 cs=0008 flags=00000002
panic cpu=0 rax=0 rbx=1 rcx=2 rdx=3 rsi=4 rdi=5 rbp=0000000000018f00 rsp=0000000000018ee0 r8=1 r15=2
panic cpu=0 at=0000000000018ee0 stack=0000000000100ab0,0000000000000008,0000000000100ac0,0000000000018f20
"""
XMHF = b"""\
[00]: unhandled exception 13 (0xd), halting!
[00]: CS:EIP 0x0008:0x00100ab0 with EFLAGS=0x00010002
[00]: Stack(0x00018ee0) -> 0x00100ac0
[01] EBP=0x00018f00 ESP=0x00018ee0
"""
TESTS = b"""\
Unhandled exception 6 #UD at ip 0000000000100ab0
rax=0000000000000000 rcx=00000000000003f8 rsp=0000000000018ee0
\tSTACK: @100ab0 100ac0 100b20
"""
LISTED = b"RIP: 0010:foo+0x10\n 1: 0x00100ab0\n2: <00100ac0>\n  [100b20] 0x100b30, 0x100b40\nsee 0x00100ab0.\n"
WORDS = (
    *(b"panic cpu=", b"panic cpu=999 ", b"at=", b"stack=", b"rip=", b"rsp=ffffffffffffffff", b"rbp=fffffffffffffff0"),
    *(b"[ff]: ", b"STACK: @", b"Stack(0x0) -> 0x", b"CS:EIP ", b"0x00100ab0", b" 100ab0", b"vector=", b"at ip ", b","),
)


@cache
def program() -> Program:
    return Program(BUILD / "guest64.debug.elf")


def read(data: bytes, folder: Path) -> None:
    dumps = read_dumps(data.decode("ascii", "replace"))
    are_all(dumps)
    for dump in dumps[:50]:
        unwind(dump, program(), 0)
        unwind(dump, program(), -0x100000)


# A stack and no frame pointer, in the boot's assembly, for which there is no unwinding rule.
FOUND = (b"RIP=00100000\nStack(0x00018ee0) -> 0x00100ac0\n",)
LOGS = (OURS, XMHF, TESTS, LISTED)
READER = Reader(any_or(mutated(LOGS, WORDS), lines_of(LOGS, WORDS)), read, FOUND)
