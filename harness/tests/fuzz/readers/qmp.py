# SPDX-License-Identifier: BSD-2-Clause
"""A QEMU's words over QMP, and what its monitor says of vCPUs."""

import json
import socket
import threading
from pathlib import Path

from hypothesis import strategies

from harness.system.places import BUILD
from harness.tests.fuzz.mutations import mutated
from harness.tests.fuzz.reader import Reader
from harness.vm.console import console_of
from harness.vm.qmp import QMP, QMPError
from harness.vm.whereabouts import ask_vcpus, threads_of

VCPUS = """\
CPU#0
RAX=0000000000000000 RBX=0000000000000000
RIP=0000000000100ab0 RFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=1
CS =0008 0000000000000000 ffffffff 00a09b00 DPL=0 CS64 [-RA]
CPU#1
EAX=00000000
EIP=0000fff0 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0
CS =f000 ffff0000 0000ffff 00009b00
"""
ANSWERS = (
    *({"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}}, "capabilities": []}}, {"return": {}}),
    {"return": []},
    {"return": [{"name": "ioeventfd", "type": "bool"}]},
    {"error": {"class": "DeviceNotFound", "desc": "there is none"}},
    {"event": "STOP", "timestamp": {"seconds": 1}},
    {"return": [{"thread-id": 7, "cpu-index": 0}]},
    {"return": VCPUS},
)
LINES = [json.dumps(answer).encode() for answer in ANSWERS]
EVENT = LINES[5]
ODD = [b"[]", b"1", b"null", b'"event"', b'{"error": "x"}', b'{"error": null}', b'{"event": 1}', b"{}", b"", b"{"]
ODD += [b'{"return": 1}', b'{"return": null}', b'{"return": [{}]}', b'{"return": [1]}', b'{"return": {"a": 1}}']
ODD += [b"[" * 100_000, b"1" * 5000, b'{"return": {"name": []}}', b'{"return": [{"name": null, "thread-id": "x"}]}']

# As QEMU answers what ask_all() asks, its greeting first.
GOOD = [LINES[number] for number in (0, 1, 2, 2, 3, 6, 7)]


def ask_all(qmp: QMP) -> None:
    """All that a boot asks whose answer it looks into."""
    console_of(qmp)
    threads_of(qmp)
    for vcpu in ask_vcpus(qmp):
        vcpu.described(BUILD / "guest64.elf")


def answer(connection: socket.socket, lines: list[bytes]) -> None:
    """Says a line for each that comes, and goes after one that is no answer, or none that anybody understands."""
    try:
        with connection.makefile("rb") as requests:
            for line in lines:
                connection.sendall(EVENT + b"\n" + line + b"\n")
                if not is_answer(line) or not requests.readline():
                    break
    except OSError:
        pass
    shut(connection)


def shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it is, already


def is_answer(line: bytes) -> bool:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(message, dict) and "event" not in message


def read(lines: list[bytes], folder: Path) -> None:
    ours, its = socket.socketpair()
    other = threading.Thread(target=answer, args=(its, lines), daemon=True)
    other.start()
    try:
        qmp = QMP(ours, lambda event: None, 20)
        try:
            ask_all(qmp)
        finally:
            qmp.close()
    except QMPError:
        pass  # what each who asks is prepared for
    finally:
        shut(its)
        other.join()
        ours.close()
        its.close()


@strategies.composite
def conversations(draw) -> list[bytes]:
    """QEMU's answers, one or two of them others."""
    lines = list(GOOD)
    for _ in range(draw(strategies.integers(0, 2))):
        place = draw(strategies.integers(0, len(lines) - 1))
        other = strategies.one_of(strategies.sampled_from([*LINES, *ODD]), mutated([lines[place]], [*LINES, *ODD]))
        lines[place] = draw(other).replace(b"\n", b" ").replace(b"\r", b" ")
    return lines


# A greeting, answers, a list, that are none.
FOUND = tuple(
    [*GOOD[:place], other, *GOOD[place + 1 :]]
    for place, other in ((0, b"1"), (1, b'{"error": null}'), (2, b"[" * 100_000), (4, b"{}"), (5, b"{}"), (6, b"{}"))
)
READER = Reader(conversations(), read, FOUND)
