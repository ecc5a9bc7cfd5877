# SPDX-License-Identifier: BSD-2-Clause
"""Which bytes are a call: the encodings, and all of an image's code against a disassembler."""

import os
import re
import subprocess

import pytest

from harness.settings import Settings
from harness.symbolize.calls import call_before
from harness.symbolize.program import Program

BOTH = {
    "call *%eax": "ffd0",
    "call *(%eax)": "ff10",
    "call *8(%eax)": "ff5008",
    "call *0x44332211(%eax)": "ff9011223344",
    "call *(%esp)": "ff1424",
    "call *8(%esp)": "ff542408",
    "call *0x44332211(%esp)": "ff942411223344",
    "call *0x44332211(,%eax,4)": "ff148511223344",
    "call *0x44332211": "ff1511223344",
    "lcall *0x44332211": "ff1d11223344",
    "notrack call *%eax": "3effd0",
}
ONLY = {
    32: {"lcall $8, $0x44332211": "9a112233440800"},
    64: {"call *%r8": "41ffd0", "call *8(%r8)": "41ff5008", "notrack call *%r8": "3e41ffd0"},
}
NEITHER = {
    "jmp *%eax": "ffe0",
    "jmp *8(%eax)": "ff6008",
    "push 8(%ebp)": "ff7508",
    "push (%eax)": "ff30",
    "inc %eax": "ffc0",
    "rdmsr": "0f32",
    "a far call of a register, which is none": "ffd8",
    "a call, and one byte more": "ffd000",
    "a call that lacks its displacement": "ff9011",
    "a call that lacks its scaled index": "ff14",
}
MANY = bytes([0x90]) * 64


def ends_with_call(code: str, width: int) -> bool:
    whole = MANY + bytes.fromhex(code)
    return call_before(whole, len(whole), lambda offset: 0 <= offset < len(whole), width)


@pytest.mark.parametrize("width", [32, 64])
def test_encodings(width):
    calls = BOTH | ONLY[width]
    assert [name for name, code in calls.items() if not ends_with_call(code, width)] == []
    assert [name for name, code in NEITHER.items() if ends_with_call(code, width)] == []


def test_a_near_call_has_a_target():
    assert ends_with_call("e8 f0ffffff", 32)
    assert not ends_with_call("e8 00000010", 32)


def test_nothing_is_before_the_first_byte():
    assert not any(call_before(b"\xff\xd0", end, lambda offset: True, 32) for end in (0, 1))
    assert call_before(b"\xff\xd0", 2, lambda offset: True, 32)


def test_an_image_against_a_disassembler(settings: Settings):
    """No call is missed; of the rest, few look like one by chance."""
    elf = settings.build / "guest64.debug.elf"
    program = Program(elf)
    objdump = f"{os.environ.get('CROSS_COMPILE', '')}objdump"
    command = [objdump, "-d", "-w", "--no-show-raw-insn", elf]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.findall(r"^ *([0-9a-f]+):\t(.*)$", text, re.MULTILINE)
    followed = [(text, int(address, 16)) for (_, text), (address, _) in zip(found, found[1:])]
    calls = {address for text, address in followed if re.match(r"(\w+ )?l?call\b", text)}
    taken = {address for _, address in followed if program.returns_to(address)}
    assert len(calls) > 500
    assert calls <= taken
    assert len(taken - calls) < len(followed) / 100
