# SPDX-License-Identifier: BSD-2-Clause
"""Logs that nobody wrote: bytes flipped, lines cut, noise, what a terminal would obey. Each run is the same."""

import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.symbolize import chain
from harness.symbolize.dumps import read_dumps
from harness.symbolize.program import Program
from harness.system.places import ROOT
from harness.system.printable import printable
from harness.tests.symbolize import crashed
from harness.tests.symbolize.test_symbolize import FAULT, REPORT, Stack
from harness.verbs.symbolize import lines

SAFE = re.compile(r"[\n -~]*")
ROUNDS = 400
# Seconds, many times what it takes; what hangs takes for ever.
LIMIT = 100


@pytest.fixture(scope="module")
def elf(tmp_path_factory) -> Path:
    return crashed.build(tmp_path_factory.mktemp("elf"), 32, 5, FAULT)


@pytest.fixture(scope="module")
def corpus(elf) -> bytes:
    """Each form of a dump."""
    stack = Stack(elf)
    qemu = f"EAX=00000491 EBX=00000000\nESP={stack.sp:08x} EBP=00000000\nEIP={FAULT:08x} EFL=00000046\n"
    tests = f"Unhandled exception 13 #GP at ip {FAULT:016x}\nrax=0000000000000000\n\tSTACK: @{FAULT:x} {FAULT + 20:x}\n"
    listed = f"0x{FAULT:x}\n#1 0x{FAULT + 2:x}\nsomething at 0x{FAULT:x}\n"
    return (stack.ours() + REPORT + stack.xmhf() + qemu + tests + listed).encode()


def spoiled(data: bytes, dice: random.Random) -> bytes:
    """Some of it changed, cut out, put elsewhere, or said to a terminal."""
    data = bytearray(data)
    for _ in range(dice.randrange(1, 60)):
        place = dice.randrange(len(data))
        kind = dice.randrange(6)
        if kind == 0:
            data[place] ^= 1 << dice.randrange(8)
        elif kind == 1:
            del data[place : place + dice.randrange(80)]
        elif kind == 2:
            data[place:place] = dice.choice([b"\x1b[2J", b"\x1b]0;title\x07", b"\x1b", b"\x9b31m", b"\0", b"\r", b"\n"])
        elif kind == 3:
            data[place:place] = data[dice.randrange(len(data)) :][: dice.randrange(200)]
        elif kind == 4:
            data[place:place] = b"=0x" + b"f" * dice.randrange(40)
        else:
            data[place:place] = dice.randbytes(dice.randrange(30))
        data = data or bytearray(b"0")
    return bytes(data)


def test_spoiled_logs(elf, corpus, monkeypatch):
    monkeypatch.setattr(chain, "places", lambda *_: {})  # a process each would take minutes
    program = Program(elf)
    whole = "".join(lines(chain.explain(read_dumps(corpus.decode()), program), program, 0))
    different = 0
    for seed in range(ROUNDS):
        text = spoiled(corpus, random.Random(seed)).decode("ascii", "replace")
        shown = "\n".join(map(printable, lines(chain.explain(read_dumps(text), program), program, 0)))
        assert SAFE.fullmatch(shown), seed
        different += shown.replace("\n", "") != whole
    assert different > ROUNDS / 2


def run(elf, data: bytes) -> tuple[str, float]:
    began = time.monotonic()
    command = [sys.executable, "-m", "harness", "symbolize", "--elf", elf, "-"]
    done = subprocess.run(command, cwd=ROOT, input=data, capture_output=True, timeout=LIMIT)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode("ascii")
    assert SAFE.fullmatch(text)
    return text, time.monotonic() - began


@pytest.mark.parametrize("seed", range(4))
def test_the_verb_with_spoiled_logs(elf, corpus, seed):
    run(elf, spoiled(corpus, random.Random(seed)))


def noise(kind: str, size: int) -> bytes:
    dice = random.Random(6)
    if kind == "bytes":
        return dice.randbytes(size)
    if kind == "digits":
        return bytes(dice.choices(b"0123456789abcdef \n", k=size))
    pieces = {
        "one line": b"0",
        "addresses": b"0x%x\n" % FAULT,
        "addresses in a line": b"0x%x " % FAULT,
        "beginnings": b"[00]: unhandled exception 13 (0xd), halting!\n",
        "dumps": b"EAX=%08x\nEIP=%08x\n",
        "words": b"[00]  Stack(0x%08x) -> 0x%08x\n",
        "escapes": b"\x1b]0;0000",
        "brackets": b"\x1b[0000",
    }
    piece = pieces[kind]
    if b"%" not in piece:
        return piece * (size // len(piece))
    count = size // len(piece % (0, 0))
    return b"".join(piece % (place * 4, FAULT) for place in range(count))


@pytest.mark.parametrize(
    "kind, megabytes",
    [
        *(("bytes", 2), ("addresses", 1), ("addresses in a line", 2), ("digits", 1), ("one line", 1)),
        *(("beginnings", 1), ("dumps", 1), ("words", 1), ("escapes", 1), ("brackets", 1)),
    ],
)
@pytest.mark.slow
def test_megabytes_of_noise_around_a_dump(elf, corpus, kind, megabytes):
    half = noise(kind, megabytes << 19)
    begun = corpus.index(b"panic")
    text, _ = run(elf, half + b"\n" + corpus[begun:] + half)
    assert "Trapline, CPU 3, #GP" in text and "inlined" in text
    assert len(text) < 8 << 20


def test_what_a_terminal_would_obey():
    assert printable("a\x1b[2Jb\x07\u202e\ud800") == "a\\x1b[2Jb\\x07\\u202e\\ud800"


def test_names_in_the_elf_file_are_not_obeyed(elf, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(
        elf.read_bytes().replace(b"initialize_cpu\0", b"initia\x1b[2J_cpu\0").replace(b"rdmsr\0", b"\x1b[2Jr\0")
    )
    text, _ = run(other, REPORT.encode())
    assert "initia\\x1b[2J_cpu" in text
