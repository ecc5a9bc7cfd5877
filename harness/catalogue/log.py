# SPDX-License-Identifier: BSD-2-Clause
"""The guest's log: its grammar (docs/log.md), read line by line while it grows or as a whole."""

from dataclasses import dataclass, field, replace


# Of a case, ten times what any has that ends; all of it is in the log itself.
MOST_LINES, MOST_CHARACTERS = 2000, 1 << 18
LONGEST_LINE = 1000  # characters
CUT = "(and more, which is not kept here)"


@dataclass
class Block:
    """What stands between `begin CASE` and `end CASE`."""

    case: str
    lines: list[str] = field(default_factory=list)
    complete: bool = False
    _size: int = 0

    def add(self, line: str) -> None:
        """Takes a line; of those that are too many, that there are more."""
        self._size += len(line)
        if len(self.lines) < MOST_LINES and self._size <= MOST_CHARACTERS:
            self.lines.append(line)
        elif self.lines[-1:] != [CUT]:
            self.lines.append(CUT)


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

    Text before the plan line is somebody else's (firmware, a boot loader). Lines between the blocks
    (`panic` and the like) are kept in `outside` and compared with nothing. `needs` is what the CPU lacks for the image
    to run at all. `ending` is how a machine ended that the guest did not leave by itself, as the harness has added it.
    `repairs` are what was done to a log that had come by other hands, `doubts` what could not be (runs/repair.py).
    """

    def __init__(self) -> None:
        self.plan: dict[str, str] | None = None
        self.cpu: dict[str, str] = {}
        self.needs = ""
        self.blocks: list[Block] = []
        self.outside: list[str] = []
        self.bye: dict[str, str] | None = None
        self.ending: Ending | None = None
        self.repairs: tuple[str, ...] = ()
        self.doubts: tuple[str, ...] = ()

    @property
    def open_block(self) -> Block | None:
        """The block that has begun and not ended."""
        if self.blocks and not self.blocks[-1].complete:
            return self.blocks[-1]
        return None

    @property
    def whole(self) -> bool:
        """Whether all that the plan announced is there."""
        return (
            self.plan is not None
            and self.bye is not None
            and self.open_block is None
            and self.plan.get("cases") == self.bye.get("cases") == str(len(self.blocks))
        )

    def feed(self, line: str) -> None:
        """Takes the next line, without its line end."""
        line = line.rstrip("\r\n")
        if len(line) > LONGEST_LINE:
            line = f"{line[:LONGEST_LINE]} {CUT}"
        word, _, rest = line.partition(" ")
        if self.ending:  # what comes now is not the guest's
            if line.startswith(FOUND):
                circumstances = (*self.ending.circumstances, line.removeprefix(FOUND))
                self.ending = replace(self.ending, circumstances=circumstances)
            return
        if self.plan is None:
            if word == "trapline":
                self.plan = fields(rest)
            return
        block = self.open_block
        if ending := read_ending(line):
            self.ending = ending
        elif block is not None:
            if word == "end" and rest == block.case:
                block.complete = True
            else:
                block.add(line)
        elif word == "begin" and rest:
            self.blocks.append(Block(rest))
        elif word == "cpu":
            self.cpu = fields(rest)
        elif word == "needs":
            self.needs = rest
        elif word == "bye":
            self.bye = fields(rest)
        elif line and len(self.outside) < MOST_LINES:
            self.outside.append(line)


def read_log(text: str) -> Log:
    """A log that is complete, or as complete as it will get."""
    log = Log()
    for line in text.splitlines():
        log.feed(line)
    return log
