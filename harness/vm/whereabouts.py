# SPDX-License-Identifier: BSD-2-Clause
"""Where the vCPUs of a QEMU are, by its monitor, and whether they get anywhere."""

import re
from dataclasses import dataclass
from pathlib import Path

from harness.catalogue.image import nearest_symbol
from harness.system import process
from harness.vm.qmp import QMP

# "info registers -a" of QEMU 5.2 to 11.1: a paragraph for each vCPU, its names of registers by the width of its mode.
PARAGRAPH = re.compile(r"CPU#(\d+)\s(.*?)(?=CPU#\d+\s|\Z)", re.DOTALL)
POINTER = re.compile(r"\b[ER]IP=([0-9a-f]+) [ER]FL=([0-9a-f]+) .*?CPL=(\d) .*?HLT=(\d)", re.DOTALL)
SEGMENT = re.compile(r"^CS =([0-9a-f]+) ([0-9a-f]+)", re.MULTILINE)

NOWHERE = "the vCPUs get nowhere"
LOOK_AFTER, LOOK_EVERY = 1.0, 0.2  # seconds of silence until the vCPUs are looked at, and between two looks

IF = 1 << 9  # EFLAGS.IF: SDM Vol. 1, "EFLAGS Register"

# /proc/PID/task/TID/stat: utime and stime, the 14th and the 15th field (proc(5)), in clock ticks.
TICKS = slice(11, 13)  # of those after the command's name


@dataclass(frozen=True)
class VCPU:
    """One vCPU as the monitor shows it; `registers` is all of that."""

    number: int
    cs: int
    base: int
    ip: int
    flags: int
    cpl: int
    halted: bool
    registers: str

    def described(self, image: Path) -> str:
        """In words: "vCPU 0 runs at fence_run+4 (CPL 0)"."""
        place = nearest_symbol(image, self.base + self.ip) or f"{self.cs:x}:{self.ip:x}"
        interrupts = "" if self.flags & IF else ", interrupts off"
        return f"vCPU {self.number} {'is halted' if self.halted else 'is'} at {place} (CPL {self.cpl}{interrupts})"

    @property
    def asleep(self) -> bool:
        """Whether no interrupt can wake it."""
        return self.halted and not self.flags & IF


def read_vcpus(text: str) -> list[VCPU]:
    """The vCPUs in what "info registers -a" says; none where it says something else."""
    found = []
    for number, registers in PARAGRAPH.findall(text.replace("\r", "")):
        pointer, segment = POINTER.search(registers), SEGMENT.search(registers)
        if pointer and segment:
            ip, flags = (int(word, 16) for word in pointer.groups()[:2])
            cs, base = (int(word, 16) for word in segment.groups())
            halted = pointer.group(4) == "1"
            found.append(VCPU(int(number), cs, base, ip, flags, int(pointer.group(3)), halted, registers))
    return found


def ask_vcpus(qmp: QMP) -> list[VCPU]:
    """The vCPUs as they are now. Raises QMPError."""
    return qmp.ask(read_vcpus, "human-monitor-command", **{"command-line": "info registers -a"})


def places(vcpus: list[VCPU], image: Path) -> tuple[str, ...]:
    """Where each of them is, in words."""
    return tuple(vcpu.described(image) for vcpu in vcpus)


def threads_of(qmp: QMP) -> list[int]:
    """The thread of each vCPU. Raises QMPError."""
    return qmp.ask(lambda vcpus: [vcpu["thread-id"] for vcpu in vcpus], "query-cpus-fast")


def ticks_of(pid: int, thread: int) -> int | None:
    """How long a thread has run, in clock ticks; None where this system does not tell, or it is not the process's."""
    if not process.POSIX:
        return None
    try:
        text = Path(f"/proc/{pid}/task/{thread}/stat").read_text(encoding="ascii", errors="replace")
        return sum(map(int, text.rpartition(")")[2].split()[TICKS]))
    except (OSError, ValueError):
        return None


class Stillness:
    """Whether the vCPUs get nowhere: whenever it looks, they are where they were, and those that run have run.

    A vCPU that spins shows the same registers each time. One that counts, or waits for an interrupt, is not still, nor
    is one whose thread the system has not let run since it was last looked at.
    """

    LOOKS = 5  # so many times the same is no coincidence
    TICKS_BETWEEN = 2  # of a thread that runs, from one look to the next

    def __init__(self, pid: int, qmp: QMP) -> None:
        self._pid = pid
        self._qmp = qmp
        self._threads = threads_of(qmp)
        self._before: list[VCPU] = []
        self._ticks: list[int | None] = []
        self._same = 0

    def look(self) -> list[VCPU]:
        """Looks once more; where they are, once it is certain that they get nowhere, or nothing. Raises QMPError.

        Who asked again would see what interrupts them now and then: another hypervisor's clock, under the guest.
        """
        ticks = [ticks_of(self._pid, thread) for thread in self._threads]
        vcpus = ask_vcpus(self._qmp)
        if not vcpus or len(vcpus) != len(ticks) or None in ticks:
            return []
        if vcpus != self._before:
            self._before, self._ticks, self._same = vcpus, ticks, 0
            return []
        for vcpu, now, before in zip(vcpus, ticks, self._ticks):
            if not vcpu.asleep and (vcpu.halted or now - before < self.TICKS_BETWEEN):
                return []
        self._ticks = ticks
        self._same += 1
        return vcpus if self._same >= self.LOOKS else []
