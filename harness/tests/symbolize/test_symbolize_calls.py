# SPDX-License-Identifier: BSD-2-Clause
"""Which bytes are a call: the encodings, and all of an image's code against a disassembler."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from harness.settings import Settings
from harness.symbolize.calls import call_before
from harness.symbolize.program import Program
from harness.system.places import BUILD

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


def functions(path: Path) -> list[range]:
    """The addresses of what the compiler made. Not of nasm's code, some of which is of another width than the image."""
    with path.open("rb") as file:
        symbols = ELFFile(file).get_section_by_name(".symtab").iter_symbols()
        places = [symbol.entry for symbol in symbols if symbol["st_info"]["type"] == "STT_FUNC"]
    return [range(place.st_value, place.st_value + place.st_size) for place in places]


@pytest.mark.parametrize("image", ["guest32", "guest64"])
def test_an_image_against_a_disassembler(settings: Settings, image):
    """No call is missed; of the rest, few look like one by chance."""
    elf = BUILD / f"{image}.debug.elf"
    program = Program(elf)
    command = [f"{os.environ.get('CROSS_COMPILE', '')}objdump", "-d", "-w", "--no-show-raw-insn", elf]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = [(int(place, 16), text) for place, text in re.findall(r"^ *([0-9a-f]+):\t(.*)$", text, re.MULTILINE)]
    compiled = {address for function in functions(elf) for address in function}
    followed = [(text, after) for (place, text), (after, _) in zip(found, found[1:]) if place in compiled]
    calls = {after for text, after in followed if re.match(r"(\w+ )?l?call\b", text)}
    taken = {after for _, after in followed if program.returns_to(after)}
    assert len(calls) > 500
    assert calls <= taken
    assert len(taken - calls) < len(followed) / 100
