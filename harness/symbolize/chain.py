# SPDX-License-Identifier: BSD-2-Clause
"""Dumps and a program put together: call chains, and what else is on the stack."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from harness.symbolize.dumps import Dump, read_dumps
from harness.symbolize.frame import Frame
from harness.symbolize.lines import Place, places
from harness.symbolize.program import Program
from harness.symbolize.tools import find_tool
from harness.symbolize.unwind import unwind
from harness.system import process


@dataclass(frozen=True)
class ChainLink:
    """An address of a dump with its frames, innermost first: whether a call returns to it, and by what it was found,
    "" if it stands there.
    """

    address: int
    returns: bool
    by: str
    frames: list[Frame]


@dataclass
class Meaning:
    """What a dump says. `chain` is certain, as far as it goes; of the words on the stack that it leaves over and that
    are addresses of code, `candidates` have a call before them and `others` have none, so that no call returns there.
    """

    dump: Dump
    chain: list[ChainLink] = field(default_factory=list)
    candidates: list[ChainLink] = field(default_factory=list)
    others: list[ChainLink] = field(default_factory=list)
    outside: int = 0  # addresses listed that are not this program's


# An address of the log, whether a call returns to it, how it was found.
Spot = tuple[int, bool, str]


def explain(dumps: Iterable[Dump], program: Program, offset: int = 0) -> list[Meaning]:
    """The meaning of each dump, for a program that runs `offset` bytes above the addresses it was linked for."""
    addr2line = find_tool("addr2line")
    sorted_out = [(dump, *_sort_out(dump, program, offset)) for dump in dumps]
    asked = {
        address - offset - returns for _, _, *kinds in sorted_out for kind in kinds for address, returns, _ in kind
    }
    with tempfile.TemporaryDirectory(dir=process.private_root()) as directory:
        known = places(addr2line, program.path, filter(program.has_code, asked), Path(directory))

    def links(spots: list[Spot]) -> list[ChainLink]:
        return [
            ChainLink(address, returns, by, _frames(program, known, address, offset, returns))
            for address, returns, by in spots
        ]

    return [Meaning(dump, *map(links, kinds), outside) for dump, outside, *kinds in sorted_out]


def call_chain(log_text: str, elf: Path | str, offset: int = 0) -> list[Frame]:
    """The frames of the first dump in a log, from where the exception came to the outermost caller that its stack
    words lead to: functions that were inlined first, each with file and line. Empty if there is no dump.

    `elf` is the program with its debug information: build/guest32.debug.elf for a log of guest32.elf.
    """
    program = Program(Path(elf))
    first = [dump for dump in read_dumps(log_text) if "pc" in dump.registers][:1]
    return [frame for meaning in explain(first, program, offset) for link in meaning.chain for frame in link.frames]


def _sort_out(dump: Dump, program: Program, offset: int) -> tuple[int, list[Spot], list[Spot], list[Spot]]:
    steps = unwind(dump, program, offset)
    chain = [(step.address, step.returns, step.by) for step in steps]
    # A trace begins where the CPU was.
    trace = [(address, returns, "") for address, returns in dump.trace if program.has_code(address - offset - returns)]
    chain += [spot for spot in trace if spot[:2] not in [known[:2] for known in chain[:1]]]
    used = {step.slot for step in steps}
    words = [word for slot, word in sorted(dump.stack.items()) if slot not in used and program.has_code(word - offset)]
    candidates = [(word, True, "") for word in dict.fromkeys(words) if program.returns_to(word - offset)]
    others = [(word, False, "") for word in dict.fromkeys(words) if not program.returns_to(word - offset)]
    return len(dump.trace) - len(trace), chain, candidates, others


def _frames(program: Program, known: dict[int, list[Place]], address: int, offset: int, returns: bool) -> list[Frame]:
    """An address after a call is the caller's next instruction: the call itself is what was under way."""
    linked = address - offset
    if not program.has_code(linked - returns):
        return [Frame(address, "")]
    symbol, distance = program.symbol(linked - returns)
    distance += returns
    found = known.get(linked - returns, [])
    if not symbol and all(line == 0 for _, _, line in found):
        found = []  # not DWARF's words: addr2line takes the symbol before, however short that is
    found = found or [(symbol, "", 0)]
    last = len(found) - 1
    return [
        Frame(address, name or (symbol if i == last else ""), file, line, i < last, symbol, distance if symbol else 0)
        for i, (name, file, line) in enumerate(found)
    ]
