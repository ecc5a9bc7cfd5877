# SPDX-License-Identifier: BSD-2-Clause
"""The guest's log: its grammar (docs/log.md), read line by line while it grows or as a whole."""

import re
from dataclasses import dataclass, field, replace

from harness.catalogue.modes import MODES
from harness.system.printable import CUT, shortened

# The plan line: of this version of the grammar, from the kernel of one of the images.
VERSION = 1
KERNELS = {modes[0]: modes for modes in MODES.values()}
PLAN = re.compile(rf"trapline {VERSION} mode=({'|'.join(KERNELS)}) cpus=[1-9]\d{{0,8}} cases=\d{{1,9}}")

# What a line of the guest's begins with, and one that tells of a trap; the whole of its last line.
WORDS = ("trapline", "cpu", "begin", "end", "bye", "needs", "note", "panic", "reset", "ended", "found:")
TRAP = r"#[A-Z\d]{1,2}|NMI|INT\d+|SYSCALL|SYSENTER"
OWN = re.compile(rf"({'|'.join(WORDS)}|{TRAP}|exit=\S+)( |$)")
OF_A_TRAP = re.compile(rf"({TRAP})( |$)")
DUMP = re.compile(r"panic cpu=\d+")
LAST = re.compile(r"bye cases=\d+ traps=\d+")

# Of a case, ten times what any has that ends; all of it is in the log itself.
MOST_LINES, MOST_CHARACTERS = 2000, 1 << 18


@dataclass
class Block:
    """What stands between `begin CASE` and `end CASE`; after an `end CASE` of its own, what ought not to follow it."""

    case: str
    lines: list[str] = field(default_factory=list)
    complete: bool = False
    dumps: set[str] = field(default_factory=set)  # by what they begin with: it announces them to follow
    _size: int = 0

    def add(self, line: str) -> None:
        """Takes a line; of those that are too many, that there are more."""
        self._size += len(line)
        if DUMP.fullmatch(line):
            self.dumps.add(line)
        if len(self.lines) < MOST_LINES and self._size <= MOST_CHARACTERS:
            self.lines.append(line)
        elif self.lines[-1:] != [CUT]:
            self.lines.append(CUT)

    def add_beyond(self, line: str) -> None:
        """Takes a line that comes after its end, and ought not to."""
        end = f"end {self.case}"
        if end not in self.lines:
            self.add(end)
        self.add(line)


FOUND = "found: "  # begins each line that follows "ended"

# What has the result, as a case has, of what comes after the last case, where that is no good end: NAME@MODE.
BYE = "bye"

# How a machine may end that a guest was not through with.
ENDINGS = ("crash", "backend", "reset", "hang", "cut", "unusable")


@dataclass(frozen=True)
class Ending:
    """How the machine ended, which a guest cannot say: one of ENDINGS, why, and the case whose end it is, if any.

    `circumstances` are what else was found then, such as where a vCPU was.
    """

    verdict: str
    reason: str
    case: str = ""
    circumstances: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """What is added to the log: docs/log.md, "ended"."""
        first = " ".join(filter(None, ("ended", self.verdict, self.case))) + f": {self.reason}"
        return [first, *(f"{FOUND}{text}" for text in self.circumstances)]


def read_ending(line: str) -> Ending | None:
    """What the line says of the machine's end; None for any other line."""
    words, _, reason = line.partition(": ")
    word, _, rest = words.partition(" ")
    verdict, _, case = rest.partition(" ")
    return Ending(verdict, reason, case) if word == "ended" and verdict in ENDINGS else None


def fields(line: str) -> dict[str, str]:
    """The key=value words of a line."""
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


class Log:
    """One run of the guest, as far as it was read.

    Text before the plan line is somebody else's (firmware, a boot loader), as is, between the blocks, what begins as no
    line of the guest's. What does, and has no place there, is added to the block before it, or else to the first: no
    case is as required that it came after. So is a block of a case that has one already. Dumps have their place.

    `needs` is what the CPU lacks for the image to run at all. `ending` is how a machine ended that the guest did not
    leave by itself, as the harness has added it to a log that is `kept`: a guest that runs cannot say so itself.
    `traps` is how many lines tell of one. `repairs` are what was done to a log that had come by other hands, `doubts`
    what could not be (runs/repair.py).
    """

    def __init__(self, kept: bool = False) -> None:
        self.plan: dict[str, str] | None = None
        self.cpu: dict[str, str] = {}
        self.needs = ""
        self.blocks: list[Block] = []
        self.traps = 0
        self.ending: Ending | None = None
        self.repairs: tuple[str, ...] = ()
        self.doubts: tuple[str, ...] = ()
        self._kept = kept
        self._modes: tuple[str, ...] = ()
        self._latest: Block | None = None
        self._bye = ""
        self._too_early: list[str] = []

    @property
    def open_block(self) -> Block | None:
        """The block that has begun and not ended."""
        return None if self._latest is None or self._latest.complete else self._latest

    @property
    def whole(self) -> bool:
        """Whether all that the plan announced is there."""
        return not self.missing

    @property
    def missing(self) -> str:
        """What there is not of all that the plan announced; "" for nothing."""
        if self.plan is None:
            return "it has no plan line"
        if block := self.open_block:
            return f"{block.case} has no end"
        if not self._bye:
            return "it has no bye"
        bye = fields(self._bye)
        here = {"cases": str(len(self.blocks)), "traps": str(self.traps)}
        for word, count in here.items():
            if announced := next((each[word] for each in (self.plan, bye) if each.get(word, count) != count), ""):
                return f"{count} {word} are there, not {announced}"
        return ""

    def feed(self, line: str) -> None:
        """Takes the next line, without its line end."""
        line = shortened(line.rstrip("\r\n"))
        if self.ending:  # what comes now is not the guest's
            if line.startswith(FOUND):
                circumstances = (*self.ending.circumstances, line.removeprefix(FOUND))
                self.ending = replace(self.ending, circumstances=circumstances)
        elif self.plan is None:
            if PLAN.fullmatch(line):
                self.plan = fields(line)
                self._modes = KERNELS[self.plan["mode"]]
        elif self._kept and (ending := read_ending(line)):
            self.ending = ending
        else:
            self.traps += bool(OF_A_TRAP.match(line))
            if block := self.open_block:
                self._feed_block(block, line)
            else:
                self._feed_between(line)

    def _feed_block(self, block: Block, line: str) -> None:
        if line == f"end {block.case}":
            block.complete = True
        else:
            block.add(line)

    def _feed_between(self, line: str) -> None:
        """Takes a line that is in no block."""
        word, _, rest = line.partition(" ")
        if word == "begin" and rest:
            self._begin(rest, line)
        elif word == "cpu" and not self.cpu:
            self.cpu = fields(rest)
        elif word == "needs":
            self.needs = rest
        elif LAST.fullmatch(line) and not self._bye:
            self._bye = line
        elif OWN.match(line) and not self._is_of_a_dump(line):
            self._add_stray(line)

    def _begin(self, case: str, line: str) -> None:
        if self._bye:
            self._add_stray(self._bye)
            self._bye = ""
        if again := next((block for block in self.blocks if block.case == case), None):
            again.add_beyond(line)
            again.complete = False
            self._latest = again
            return
        self._latest = Block(case, self._too_early)
        self._too_early = []
        self.blocks.append(self._latest)
        if case.partition("@")[2] not in self._modes:
            self._latest.add(line)

    def _is_of_a_dump(self, line: str) -> bool:
        """Whether it is of the dump that the block before it announces (guest/panic.c)."""
        found = DUMP.match(line)
        if not found or found[0] == line or not self._latest or self._bye:
            return False
        return found[0] in self._latest.dumps

    def _add_stray(self, line: str) -> None:
        if self._latest:
            self._latest.add_beyond(line)
        elif len(self._too_early) < MOST_LINES:
            self._too_early.append(line)


def read_log(text: str) -> Log:
    """A log that is complete, or as complete as it will get."""
    log = Log(kept=True)
    for line in text.splitlines():
        log.feed(line)
    return log
