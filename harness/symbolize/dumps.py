# SPDX-License-Identifier: BSD-2-Clause
"""The dumps in a log, whoever wrote them. The log is not trusted: it may be cut, torn, or noise."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

LONGEST_LINE = 4096  # characters; a longer one is read in pieces
# Of each form, so that one of which there is much does not hide the others.
MOST_DUMPS = 1000
MOST_LISTED = 10_000  # addresses in lists, of all its dumps together
MOST_WORDS = 10_000  # of one dump's stack

OURS, XMHF, KVM_UNIT_TESTS = "Trapline", "XMHF", "kvm-unit-tests"
REGISTERS, ADDRESSES, MENTIONS = "registers", "addresses", "addresses in text"
LISTING = "listing"  # among the keys of open dumps, which else are "panic N" and what stands in brackets

HEXADECIMAL = r"(?:0x)?([0-9a-fA-F]{1,16})(?![0-9a-zA-Z_])"
# What a terminal takes for a command (ECMA-48: CSI; OSC and the like up to their end; two characters), and what
# else is no text.
CONTROLS = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[]PX^_][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|\x1b.|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)

PANIC = re.compile(r"panic cpu=([0-9]{1,3})\b(.*)")
UNHANDLED = re.compile(r"\[([0-9a-fA-F]{2})\]: unhandled exception ([0-9a-fA-F]{1,3})\b(?: \(0x([0-9a-fA-F]{1,2})\))?")
PREFIX = re.compile(r"\[([0-9a-fA-F]{2})\]")
CS_IP = re.compile(r"\bCS:[ER]IP (?:0x)?[0-9a-fA-F]{1,8}:" + HEXADECIMAL)
STACK_WORD = re.compile(r"\bStack\(" + HEXADECIMAL + r"\) -> " + HEXADECIMAL)
# QEMU's `x` and `xp`, gdb's `x`; Xen's and Linux' code addresses.
MEMORY = re.compile(r"\s*(?:0x)?([0-9a-fA-F]{8,16})(?: <[^>]*>)?:((?:\s+0x[0-9a-fA-F]{8}(?:[0-9a-fA-F]{8})?)+)\s*\Z")
AT_IP = re.compile(r"\bUnhandled exception ([0-9]{1,3}) (#[A-Z]{2}) at ip " + HEXADECIMAL)
TRACE = re.compile(r"\bSTACK:((?: @?[0-9a-fA-F]{1,16})+)")
COUNTER = re.compile(r"\b[ER]IP ?= ?" + HEXADECIMAL + r"|\bpc=" + HEXADECIMAL, re.IGNORECASE)
REGISTER = re.compile(r"\b[ER]?(AX|BX|CX|DX|SI|DI|BP|SP|R8|R9|R1[0-5]) ?= ?" + HEXADECIMAL + "(?!:)", re.IGNORECASE)
MENTIONED = re.compile(r"(?:\b0x|\[<)([0-9a-fA-F]{4,16})(?![0-9a-zA-Z_])")
LISTED = re.compile(r"(?:0x)?([0-9a-fA-F]{4,16})\Z")
NUMBERED = re.compile(r"#?[0-9]{1,4}[:.)]?\Z")
EXCEPTION = re.compile(r"#?[0-9A-Z]{1,3}")
# One of these is in each line that says what its numbers are.
NAMING = ("=", ": 0x", ":\t0x", "IP", "xception", "tack(", "STACK:")
WORTH_A_LOOK = re.compile(r"[0-9a-fA-F]{4}|panic cpu=|unhandled exception")


@dataclass
class Dump:
    """What one CPU left behind at one time. Registers go by the names of the log: pc, ax, sp, r8."""

    source: str
    line: int  # of the log, from 1
    cpu: int | None = None
    event: str = ""
    registers: dict[str, int] = field(default_factory=dict)
    stack: dict[int, int] = field(default_factory=dict)  # words by their addresses
    trace: list[tuple[int, bool]] = field(default_factory=list)  # addresses, and whether a call returns to them

    @property
    def empty(self) -> bool:
        return not ("pc" in self.registers or self.stack or self.trace)


def read_dumps(text: str) -> list[Dump]:
    """The dumps of a log, in its order."""
    reader = _Reader()
    for number, line in _lines(text):
        reader.feed(number, line)
    return sorted(reader.end(), key=lambda dump: dump.line)


def are_all(dumps: list[Dump]) -> bool:
    """Whether no form among them has come to its limits."""
    forms = Counter(dump.source for dump in dumps)
    listed = sum((Counter({dump.source: len(dump.trace)}) for dump in dumps), Counter())
    return all(forms[form] < MOST_DUMPS and listed[form] < MOST_LISTED for form in forms)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        for start in range(0, len(line), LONGEST_LINE):
            piece = line[start : start + LONGEST_LINE]
            if WORTH_A_LOOK.search(piece):
                yield number, piece if piece.isprintable() else CONTROLS.sub("", piece)


class _Reader:
    """Puts lines together to dumps. Each CPU's lines are kept apart, where they say which CPU's they are."""

    def __init__(self) -> None:
        self._dumps: list[Dump] = []
        self._count: Counter[str] = Counter()
        self._listed_count: Counter[str] = Counter()
        self._open: dict[str, Dump] = {}
        self._listed_last = 0  # the line

    def feed(self, number: int, line: str) -> None:
        if "panic cpu=" in line and self._ours(number, line):
            return
        if any(word in line for word in NAMING) and self._named(number, line):
            return
        self._listed(number, line)

    def end(self) -> list[Dump]:
        """All dumps, when there is nothing more to come."""
        for key in list(self._open):
            self._close(key)
        return self._dumps

    def _start(self, key: str, source: str, number: int, **known) -> Dump:
        self._close(key)
        self._open[key] = dump = Dump(source, number, **known)
        return dump

    def _close(self, key: str) -> None:
        dump = self._open.pop(key, None)
        if dump and not dump.empty and self._count[dump.source] < MOST_DUMPS:
            self._count[dump.source] += 1
            self._dumps.append(dump)

    def _list(self, dump: Dump, addresses: list[tuple[int, bool]]) -> None:
        added = addresses[: MOST_LISTED - self._listed_count[dump.source]]
        self._listed_count[dump.source] += len(added)
        dump.trace += added

    def _put(self, key: str, number: int, values: Iterable[tuple[str, int]], source: str = REGISTERS) -> None:
        """Registers of the open dump, or of a new one if that has other values for them."""
        values = list(values)
        dump = self._open.get(key)
        if dump is None or any(dump.registers.get(name, value) != value for name, value in values):
            dump = self._start(key, source, number, cpu=dump.cpu if dump else None)
        dump.registers.update(values)

    def _ours(self, number: int, line: str) -> bool:
        match = PANIC.search(line)
        if not match:
            return False
        key, values = f"panic {match[1]}", dict(re.findall(r"(\w+)=(\S+)", match[2]))
        if "vector" in values:
            name, error = values.get("name", ""), values.get("error", "")
            event = name if EXCEPTION.fullmatch(name) else ""
            event += f" error {error}" if re.fullmatch(HEXADECIMAL, error) else ""
            self._start(key, OURS, number, cpu=int(match[1]), event=event.strip())
        elif key not in self._open and values:
            self._start(key, OURS, number, cpu=int(match[1]))
        dump = self._open.get(key)
        for name, value in values.items():
            name = "pc" if name == "rip" else name
            if (name == "pc" or REGISTER.fullmatch(f"{name}=0")) and re.fullmatch(HEXADECIMAL, value):
                dump.registers[name] = int(value, 16)
        if "at" in values and "stack" in values and re.fullmatch(HEXADECIMAL, values["at"]):
            self._words(dump, int(values["at"], 16), values["stack"].split(","))
        return True

    @staticmethod
    def _words(dump: Dump, address: int, words: list[str]) -> None:
        """The log says each with all of its digits, or with eight if it has no more: the registers tell the width."""
        wide = "r8" in dump.registers
        for word in words:
            if not re.fullmatch(HEXADECIMAL, word) or len(dump.stack) >= MOST_WORDS:
                return
            dump.stack[address] = int(word, 16)
            address += 8 if wide else 4

    def _named(self, number: int, line: str) -> bool:
        prefix = PREFIX.match(line.lstrip())
        key = prefix[1].lower() if prefix else ""
        cpu = int(key, 16) if key else None
        known = False
        if match := UNHANDLED.search(line):
            vector = int(match[3], 16) if match[3] else int(match[2], 16)
            self._start(match[1].lower(), XMHF, number, cpu=int(match[1], 16), event=f"exception {vector}")
            known = True
        if match := AT_IP.search(line):
            dump = self._start("", KVM_UNIT_TESTS, number, event=match[2])
            dump.registers["pc"] = int(match[3], 16)
            known = True
        if match := CS_IP.search(line):
            self._put(key, number, [("pc", int(match[1], 16))], XMHF)
            known = True
        if match := STACK_WORD.search(line):
            dump = self._open.get(key) or self._start(key, XMHF, number, cpu=cpu)
            if len(dump.stack) < MOST_WORDS:
                dump.stack[int(match[1], 16)] = int(match[2], 16)
            known = True
        dump = self._open.get(key)
        if dump and "pc" in dump.registers and (match := MEMORY.match(line)):
            address = int(match[1], 16)
            for word in match[2].split()[: MOST_WORDS - len(dump.stack)]:
                dump.stack[address] = int(word, 16)
                address += (len(word) - 2) // 2
            known = True
        if match := TRACE.search(line):
            self._trace(key, number, match[1].split())
            known = True
        values = [(match[1].lower(), int(match[2], 16)) for match in REGISTER.finditer(line)]
        values += [("pc", int(match[1] or match[2], 16)) for match in COUNTER.finditer(line)]
        if values:
            self._put(key, number, dict(values).items())
        return known or bool(values)

    def _trace(self, key: str, number: int, words: list[str]) -> None:
        """The address with an @ is where the CPU was, the others are return addresses."""
        dump = self._open.get(key)
        if dump is None or dump.trace:
            dump = self._start(key, KVM_UNIT_TESTS, number)
        self._list(dump, [(int(word.removeprefix("@"), 16), not word.startswith("@")) for word in words])

    def _listed(self, number: int, line: str) -> None:
        """A line of nothing but addresses, perhaps numbered; of any other line, what is written as 0x..."""
        words = [word.strip("[<(>)]@") for word in re.split(r"[\s,;]+", line.strip())]
        if words and NUMBERED.match(words[0]) and len(words) > 1:
            words = words[1:]
        source, matches = ADDRESSES, [LISTED.match(word) for word in words]
        if not words or not all(matches):
            source, matches = MENTIONS, list(MENTIONED.finditer(line))
        if not matches:
            return
        dump = self._open.get(LISTING)
        if dump is None or self._listed_last < number - 1 or dump.source != source:
            dump = self._start(LISTING, source, number)
        self._listed_last = number
        self._list(dump, [(int(match[1], 16), False) for match in matches])
