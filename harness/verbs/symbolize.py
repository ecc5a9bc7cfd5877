# SPDX-License-Identifier: BSD-2-Clause
"""What `symbolize` prints. Nothing from the log or the ELF file reaches a terminal as it stands."""

import bisect
import itertools
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from harness.catalogue.modes import MODES
from harness.symbolize.chain import ChainLink, Meaning, explain
from harness.symbolize.dumps import (
    ADDRESSES,
    MENTIONS,
    MOST_DUMPS,
    MOST_LISTED,
    OURS,
    REGISTERS,
    Dump,
    are_all,
    read_dumps,
)
from harness.symbolize.program import Program
from harness.symbolize.unwind import RULES
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.printable import printable

OFFSET = re.compile(r"-?(0[xX][0-9a-fA-F]{1,16}|0|[1-9][0-9]{0,18})")

# What the guest's log begins with.
PLAN = re.compile(r"\btrapline \d+ mode=(\w+)")

# These may be about any program at all, and are left out where they are not about this one.
BARE = (REGISTERS, ADDRESSES, MENTIONS)


def symbolize(log: Path, elf: Path, offset: str) -> int:
    """Prints what the addresses in a log mean for the program `elf`; the exit code."""
    if not OFFSET.fullmatch(offset):
        raise WrongQuestion(f"--offset {offset}: expected a number, as 0x100000")
    distance = int(offset, 0)
    program = Program(elf)
    text = files.read_log(str(log)).decode("ascii", "replace")
    dumps = read_dumps(text)
    plans = [(line, found[1]) for line, words in enumerate(text.split("\n"), 1) if (found := PLAN.search(words))]
    others = {dump.line: mode for dump in dumps if (mode := _other_mode(dump, plans, program))}
    meanings = explain([dump for dump in dumps if dump.line not in others], program, distance)
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        named = lines(meanings, program, distance) if meanings or not others else ()
        for line in itertools.chain(_other_image(plans, program), _other_dumps(others), named):
            print(printable(line))
        if not are_all(dumps):
            print(f"of each form, only the first {MOST_DUMPS} dumps and {MOST_LISTED} listed addresses were looked at")
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough; Python would say so once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _image_of(mode: str) -> str:
    return next((name for name, modes in MODES.items() if mode in modes), "")


def _is_other(mode: str, program: Program) -> bool:
    """Whether the image that a plan's mode is of is another one than the program could be."""
    image = _image_of(mode)
    return image != "" and not image.endswith(str(program.width))


def _other_mode(dump: Dump, plans: list[tuple[int, str]], program: Program) -> str:
    """The mode by which a dump of this guest's is the other image's, so that names of the program would be wrong.

    What others wrote may be of what runs the guest, whatever that is.
    """
    last = bisect.bisect(plans, (dump.line,)) - 1
    return plans[last][1] if dump.source == OURS and last >= 0 and _is_other(plans[last][1], program) else ""


def _other_image(plans: list[tuple[int, str]], program: Program) -> Iterator[str]:
    """Says so where a log of this guest's is another image's than the program could be."""
    if plans and _is_other(mode := plans[-1][1], program):
        image = _image_of(mode)
        words = f"is a {program.width}-bit program: build/{image}.debug.elf has the names"
        yield f"the log is {image}'s, by its mode={mode}, and {program.path} {words}"


def _other_dumps(others: dict[int, str]) -> Iterator[str]:
    """Says which dumps, by the lines of the log and their modes, have no names here."""
    for mode in dict.fromkeys(others.values()):
        mine, image = [line for line, other in others.items() if other == mode], _image_of(mode)
        count = "1 dump is" if len(mine) == 1 else f"{len(mine)} dumps are"
        yield f"from line {mine[0]}: {count} {image}'s, by its mode={mode}: build/{image}.debug.elf has the names"


def lines(meanings: list[Meaning], program: Program, offset: int) -> Iterator[str]:
    """All that there is to say, as lines."""
    if not program.has_lines:
        if program.has_symbols:
            yield f"{program.path} has no DWARF: functions are the symbol table's; no lines, no inlined functions"
        else:
            yield f"{program.path} has neither DWARF nor a symbol table: nothing in it has a name"
    elif program.is_split:
        yield f"{program.path} has its DWARF in .dwo files, which addr2line does not read: no inlined functions"
    elif not program.has_symbols:
        yield f"{program.path} has no symbol table: functions without offsets"
    if program.lacks_code:
        yield f"{program.path} has debug information without the code: what no call returns to cannot be told apart"
    left_out = concerned = 0
    for meaning in meanings:
        concerns = _concerns(meaning, program, offset)
        concerned += concerns
        if meaning.dump.source not in BARE or concerns:
            yield from _dump(meaning)
        elif meaning.dump.source != MENTIONS:
            left_out += 1
    if not concerned:
        first, last = program.extent
        asked = (
            "it is position-independent: say where it was loaded, as --offset 0x555555554000"
            if program.is_movable
            else "if it ran elsewhere than it was linked for, say how far with --offset"
        )
        yield f"no address of this program's code, {first + offset:#x} to {last + offset:#x}, in the log: {asked}"
    elif left_out:
        yield f"{left_out} more without an address of this program's code"


def _concerns(meaning: Meaning, program: Program, offset: int) -> bool:
    links = [*meaning.chain, *meaning.candidates, *meaning.others]
    return any(program.has_code(link.address - offset - link.returns) for link in links)


def _dump(meaning: Meaning) -> Iterator[str]:
    dump = meaning.dump
    cpu = "" if dump.cpu is None else f"CPU {dump.cpu}"
    yield f"line {dump.line}: {', '.join(filter(None, (dump.source, cpu, dump.event)))}"
    yield from _links(meaning.chain)
    if meaning.outside and dump.source != MENTIONS:
        yield f"  and {meaning.outside} that are no addresses of this program's code"
    if meaning.candidates:
        yield "  also on the stack, after a call: return addresses, or what is left of them"
        yield from _links(meaning.candidates)
    if meaning.others:
        yield "  also on the stack, but with no call before it: no return address"
        yield from _links(meaning.others)


def _links(links: list[ChainLink]) -> Iterator[str]:
    """One line for each frame, the address before the first of them."""
    for link in links:
        for i, frame in enumerate(link.frames):
            words = [frame.name, frame.place, "inlined" if frame.inlined else ""]
            if i == 0 and link.by not in ("", RULES):
                words.append(f"by {link.by}")
            address = f"{link.address:#010x}" if i == 0 else " " * 10
            yield f"    {address}  {'  '.join(filter(None, words))}"
