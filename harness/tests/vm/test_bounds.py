# SPDX-License-Identifier: BSD-2-Clause
"""Hypervisors, monitors and debuggers that say too much, or what no terminal should see: bounded, safe, and no pass."""

import json
import os
import queue
import socket
import subprocess
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.catalogue import log
from harness.catalogue.image import Image
from harness.debugger.gdb import Debugging, Event, Gdb
from harness.judging.result import Verdict
from harness.system import limits
from harness.system.limits import Bound, Deadlines
from harness.system.printable import CUT, LONGEST_LINE
from harness.tests.faults import fault
from harness.vm.by_file import GrowingFile
from harness.vm.command_boot import CommandBoot, Statuses
from harness.vm.debugger_session import DebuggerSession
from harness.vm.outcome import Outcome
from harness.vm.qemu import VM
from harness.vm.qmp import QMP, MonitorEvent, QMPError, QMPRefusal
from harness.vm.watch import Watch

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the programs here are shell scripts")

BEGUN = "trapline 1 mode=kernel32 cpus=1 cases=1\nbegin a@kernel32\n"
WHOLE = BEGUN + "end a@kernel32\nbye cases=1 traps=0\n"
SMALL = Bound(size=20_000, lines=1000)
FLOOD = "head -c 300000 /dev/zero"
NOTE = b"\ntrapline: cut here: more than 20000 bytes\n"
LONG = 77
SEEN = "\\x1b[2J\\x07"
NASTY = r"\033[2J\007"


def script(folder: Path, text: str) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def boot(folder: Path, text: str, on_output: bool = False) -> Outcome:
    """A boot by a script; the guest's log is in serial.log."""
    statuses = Statuses([0], [], [])
    return CommandBoot(
        [script(folder, text)], Path(), on_output, statuses, folder, Deadlines(), lambda case: None
    ).run()


@fault("hypervisor", "a hypervisor that writes without end: {id}", "hang: more than {reason}")
@pytest.mark.parametrize(
    "text, reason, file",
    [
        (f"printf '{BEGUN}' >serial.log; {FLOOD} >>serial.log; sleep {LONG}", "20000 bytes of log", "serial.log"),
        (f"printf '{BEGUN}' >serial.log; {FLOOD} >&2; sleep {LONG}", "20000 bytes in stderr.log", "stderr.log"),
        (f"printf '{BEGUN}' >serial.log; {FLOOD}; sleep {LONG}", "20000 bytes in stdout.log", "stdout.log"),
        (f"printf '{WHOLE}' >serial.log; {FLOOD} >&2", "20000 bytes in stderr.log", "stderr.log"),
    ],
    ids=["log", "errors", "output", "errors, and then a good end"],
)
def test_a_command_that_floods_hangs(tmp_path, monkeypatch, text, reason, file):
    monkeypatch.setattr(limits, "BOUND", SMALL)
    monkeypatch.setattr(limits, "LOG", SMALL)
    outcome = boot(tmp_path, text)
    assert (outcome.ending, outcome.reason) == (Verdict.HANG, f"more than {reason}")
    data = (tmp_path / file).read_bytes()
    assert len(data) == SMALL.size + len(NOTE) and data.endswith(NOTE)


@fault("hypervisor", "a hypervisor that writes empty lines without end", "hang: more than 1000 lines of log")
def test_lines_without_end_are_a_flood_too(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "LOG", SMALL)
    outcome = boot(tmp_path, f"printf '{BEGUN}'; yes '' | head -n 2000; sleep {LONG}", on_output=True)
    assert (outcome.ending, outcome.reason) == (Verdict.HANG, "more than 1000 lines of log")


@fault(
    "hypervisor",
    "a hypervisor whose child has the end of the log to write",
    "the whole log, and then the child's end",
)
def test_what_a_command_leaves_behind_ends_the_log_and_then_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "LAST_WORDS", LONG)
    outcome = boot(
        tmp_path, f"printf '{BEGUN}'; (sleep 0.05; echo end a@kernel32; echo bye cases=1 traps=0; sleep {LONG}) &", True
    )
    assert (outcome.ending, outcome.log.whole) == (None, True)


@fault("guest", "a case whose log has no end", "its first lines and a word that it is cut, which no required log is")
def test_a_case_without_end_keeps_its_first_lines():
    """It can be no pass: no required log is as long."""
    for most, line in ((log.MOST_LINES, b"x"), (log.MOST_CHARACTERS // 1000, b"x" * 1000)):
        for more, last in ((0, line.decode()), (1, CUT), (5, CUT)):
            outcome = Outcome()
            for each in (*BEGUN.encode().splitlines(), *[line] * (most + more), b"end a@kernel32"):
                outcome.take(each)
            (block,) = outcome.log.blocks
            assert (len(block.lines), block.lines[-1], block.complete) == (most + bool(more), last, True)


@fault("guest", "a guest whose line is 64 KiB long", "its first 1000 characters and a word that it is cut")
def test_a_line_without_end_keeps_its_beginning():
    kept = log.Log()
    for line in (*BEGUN.splitlines(), "x" * LONGEST_LINE, "x" * 65_536, "end a@kernel32"):
        kept.feed(line)
    (block,) = kept.blocks
    assert block.lines == ["x" * LONGEST_LINE, f"{'x' * LONGEST_LINE} {CUT}"] and block.complete


@fault(
    "hypervisor",
    "a guest and a hypervisor that write what controls a terminal",
    "\\x1b[2J\\x07 on the screen; serial.log and stderr.log have the bytes",
)
def test_words_of_a_guest_and_of_a_hypervisor_are_safe_and_kept_as_they_came(tmp_path):
    outcome = boot(tmp_path, f"printf '{BEGUN}{NASTY}\\r\\n' >serial.log; printf 'error: {NASTY}' >&2; exit 3")
    assert outcome.log.open_block.lines == [SEEN]
    assert outcome.reason.endswith(f"error: {SEEN}") and outcome.output.isprintable() is False
    assert "\x1b" not in outcome.output and SEEN in outcome.output
    assert b"\x1b[2J\x07\r\n" in (tmp_path / "serial.log").read_bytes()
    assert b"\x1b" in (tmp_path / "stderr.log").read_bytes()


# a QEMU that is none


def fake_qemu(folder: Path, text: str) -> Outcome:
    return VM([script(folder, text)], folder, Deadlines()).run()


@fault(
    "hypervisor",
    "a QEMU that writes without end and opens no channel",
    "hang: more than 20000 bytes of QEMU's own words",
)
def test_a_qemu_that_floods_before_it_is_there_hangs(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "BOUND", SMALL)
    outcome = fake_qemu(tmp_path, FLOOD)
    assert (outcome.ending, outcome.reason) == (Verdict.HANG, "more than 20000 bytes of QEMU's own words")
    data = (tmp_path / "stderr.log").read_bytes()
    assert len(data) == SMALL.size + len(NOTE) and data.endswith(NOTE)


@fault(
    "hypervisor",
    "a QEMU that refuses to start, with words that control a terminal, and leaves a child",
    "unusable: QEMU exited with status 1: qemu: \\x1b[2J\\x07",
)
def test_a_qemus_last_words_are_safe(tmp_path):
    outcome = fake_qemu(tmp_path, f"printf 'qemu: {NASTY}\\r\\n'; sleep {LONG} & exit 1")
    assert (outcome.ending, outcome.reason) == (Verdict.UNUSABLE, f"QEMU exited with status 1: qemu: {SEEN}")
    assert (tmp_path / "stderr.log").read_bytes() == b"qemu: \x1b[2J\x07\r\n"


@fault("hypervisor", "a QEMU whose last words are a line of 60,000 characters", "unusable: its first 1000 characters")
def test_of_a_reason_the_beginning_is_kept(tmp_path):
    outcome = fake_qemu(tmp_path, "head -c 60000 /dev/zero | tr '\\0' x; exit 1")
    assert outcome.ending is Verdict.UNUSABLE and outcome.reason.startswith("QEMU exited with status 1: xxx")
    assert outcome.reason.endswith(f"x {CUT}") and len(outcome.reason) == LONGEST_LINE + len(f" {CUT}")


# a gdb that is none


def heard(folder: Path, text: str) -> list[Event]:
    events: list[Event] = []
    gdb = Gdb(Debugging(script(folder, text), "", Image(folder, ())), "", folder, folder, events.append)
    gdb.start()
    gdb.join()
    gdb.close()
    return events


@fault(
    "debugger",
    "a gdb with words that control a terminal, which leaves a child",
    "unusable: gdb ended: \\x1b[2J\\x07",
)
def test_what_gdb_says_is_safe_and_what_it_leaves_behind_ends(tmp_path):
    first, last = heard(tmp_path, f"printf '| {NASTY}\\n{NASTY}'; sleep {LONG} &")
    assert (first.kind, first.text) == ("line", f"| {SEEN}".removeprefix("| "))
    assert (last.kind, last.text) == ("died", f"gdb ended: {SEEN}")
    assert (tmp_path / "gdb.log").read_bytes() == b"| \x1b[2J\x07\n\x1b[2J\x07"


@fault("debugger", "a gdb that writes without end", "unusable: gdb has said more than 20000 bytes: see gdb.log")
def test_a_gdb_that_floods_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "BOUND", SMALL)
    assert heard(tmp_path, FLOOD)[-1] == Event("died", "gdb has said more than 20000 bytes: see gdb.log")
    data = (tmp_path / "gdb.log").read_bytes()
    assert len(data) == SMALL.size + len(NOTE) and data.endswith(NOTE)


@fault("debugger", "gdb and a gdbstub whose lines are 60,000 characters long", "the first 1000 characters of each")
def test_of_a_line_of_gdb_the_beginning_is_kept(tmp_path):
    long = "$(head -c 60000 /dev/zero | tr '\\0' x)"
    said = [f'"sending: Q{long}"', f'"received: \\"{long}\\""', f'"| {long}"', f'"| case {long} 10"', '"| more"']
    events = heard(tmp_path, f"printf '%s\\n' {' '.join(said)}")
    assert [event.kind for event in events] == ["stub", "line", "case", "line", "died"]
    assert all(len(event.text) < 3 * LONGEST_LINE and len(event.case) < 2 * LONGEST_LINE for event in events)


@fault("debugger", "gdb says {words} without end", "{verdict}: gdb has said more than {most} times: {kind} {words}")
@pytest.mark.parametrize(
    "kind, words, most, verdict",
    [
        ("stub", "Q0 OK", 100, Verdict.UNUSABLE),
        ("line", "nonsense", 100, Verdict.UNUSABLE),
        ("line", "stop body+1", 100, Verdict.HANG),
        ("step", "body+1", 5000, Verdict.HANG),
    ],
)
def test_a_gdb_without_end_is_not_the_hypervisors_fault_unless_the_guest_goes_on(tmp_path, kind, words, most, verdict):
    outcome = Outcome()
    session = DebuggerSession(Debugging("gdb", "", Image(tmp_path, ())), outcome)
    for _ in range(most):
        session.take(Event(kind, words, "a@kernel32"))
    assert outcome.ending is None and not session.endless
    session.take(Event(kind, words, "a@kernel32"))
    expected = (verdict, f"gdb has said more than {most} times: {kind} {words}")
    assert session.endless and (outcome.ending, outcome.reason) == expected


# QMP


class Monitor:
    """The other end of a QMP: it greets, and then says what it is told to."""

    def __init__(self) -> None:
        self.ours, self._theirs = socket.socketpair()
        self._answer = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with self._theirs, self._theirs.makefile("rb") as requests:
            try:
                self._theirs.sendall(b'{"QMP": {}}\n')
                requests.readline()
                self._theirs.sendall(b'{"return": {}}\n' + self._answer)
            except OSError:
                pass
            requests.readline()

    def saying(self, *messages: dict) -> socket.socket:
        self._answer = b"".join(json.dumps(message).encode() + b"\n" for message in messages)
        return self.ours


@fault("hypervisor", "a QMP with events without end", "hang: more than 1000 lines of QMP", 120)
def test_a_monitor_that_floods_is_cut(monkeypatch):
    monkeypatch.setattr(limits, "BOUND", SMALL)
    events: queue.Queue[MonitorEvent] = queue.Queue()
    floods: queue.Queue[str] = queue.Queue()
    qmp = QMP(Monitor().saying(*[{"event": "STOP"}] * 1001), events.put, LONG, floods.put)
    try:
        assert floods.get(timeout=LONG) == "more than 1000 lines"
        with pytest.raises(QMPError):
            qmp.execute("stop")
    finally:
        qmp.close()
    assert events.qsize() == 1000 - 2


@fault("hypervisor", "a QMP whose events have 100,000 items each", "of each event, its name and whether it is a reset")
def test_of_an_event_no_more_is_kept_than_is_looked_at():
    """They wait to be taken while QEMU owes an answer, and would fill the memory as lists of lists."""
    much, events = {"a": [[]] * 100_000}, []
    said = [("STOP", much), ("SHUTDOWN", much | {"reason": "guest-reset"}), ("SHUTDOWN", much | {"reason": [[]]})]
    qmp = QMP(
        Monitor().saying(*[{"event": name, "data": data} for name, data in said], {"return": 1}), events.append, LONG
    )
    try:
        assert qmp.execute("stop") == 1
    finally:
        qmp.close()
    assert events == [("STOP", False), ("SHUTDOWN", True), ("SHUTDOWN", False)]


def test_what_a_monitor_refuses_with_is_safe():
    assert str(QMPRefusal("stop: \x1b[2J\n")) == "stop: \\x1b[2J\\n"


@fault("hypervisor", "a silent guest whose monitor talks on", "hang: no line", 120)
def test_events_without_end_are_no_sign_of_life_for_ever():
    """A guest that writes nothing hangs, whatever its monitor says meanwhile."""
    outcome, began = Outcome(), time.monotonic()

    def next_event(timeout: float) -> tuple[str, dict]:
        assert time.monotonic() - began < LONG, "it is watched for ever"
        time.sleep(0.001)
        return "qmp", MonitorEvent("RESUME")

    machine = SimpleNamespace(events=SimpleNamespace(get=next_event), kill=lambda: None, exits=lambda: False)
    monitor = SimpleNamespace(ask=lambda *_, **__: "running", execute=lambda *_, **__: None)
    Watch(machine, monitor, outcome, Deadlines(0.002), None, lambda case: None, None).to_end()
    assert outcome.ending is Verdict.HANG and outcome.reason.startswith("no line for 0.")


@fault("hypervisor", "a log file that grows without end", "it is cut: more than 20000 bytes")
def test_lines_of_a_file_that_floods_end(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "BOUND", SMALL)
    growing = GrowingFile(tmp_path / "log")
    with (tmp_path / "log").open("wb") as file:
        subprocess.run(["head", "-c", "300000", "/dev/zero"], stdout=file, check=True)
    assert sum(map(len, growing.lines(last=True))) == SMALL.size and growing.lines() == []
    assert growing.cut == "more than 20000 bytes"
    growing.close()
