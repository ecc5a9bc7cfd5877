# SPDX-License-Identifier: BSD-2-Clause
"""What goes wrong in gdb is caught and told apart: on a real gdb and a real QEMU."""

import json
import shlex
import signal
from pathlib import Path

import pytest

from harness.catalogue.image import Image, read_images, select
from harness.debugger.gdb import LONGEST_WORDS, Debugging, Event, Gdb, find_gdb
from harness.judging.result import Verdict
from harness.runs import record, runner
from harness.runs.runner import Group, Runner
from harness.system import limits
from harness.system.limits import Bound
from harness.tests.command import left_with
from harness.tests.faults import fault
from harness.vm.debugger_session import DebuggerSession
from harness.vm.ending import STATUS_DONE
from harness.vm.outcome import Outcome

# Bytes of all values, the same each time, and without a line that is meant for the harness.
NOISE = "LC_ALL=C awk 'BEGIN { for (i = 0; i < 100000; i++) printf \"%c\", (i * 7919 + int(i / 256) * 31) % 256 }'"

LARGE = f"Breakpoint {'9' * 5000},"  # a number of more digits than Python reads

pytestmark = [pytest.mark.slow, pytest.mark.skipif(find_gdb() is None, reason="gdb is not on the PATH")]

STOPPED = (Verdict.HANG, "the guest is stopped, and gdb says nothing for ")


def events_of(tmp_path: Path, commands: str) -> list[Event]:
    """What comes of a gdb that is this shell script."""
    program = tmp_path / "gdb"
    program.write_text(f"#!/bin/sh\n{commands}\n")
    program.chmod(0o755)
    events: list[Event] = []
    gdb = Gdb(Debugging(str(program), "", read_images()[0]), "", tmp_path, tmp_path, events.append)
    gdb.start()
    gdb.join()
    gdb.close()
    return events


# Lines of the command files: before gdb connects; when it has, and the guest is stopped; within a case.
START = "set pagination off"
CONNECTED = 'printf "| connected\\n"'
WITHIN = "  run_to_body"

STOP = "shell exec sh -c 'kill -STOP $PPID'"
KILL = "shell exec sh -c 'kill -KILL $PPID'"
DIED = (Verdict.UNUSABLE, "gdb died of SIGKILL: ")
NO_EXIT = (Verdict.DIFFERS, "the debugger's log: one line too many: no exit")


@fault("debugger", "gdb {id}", "{verdict}: {words}", 120)
@pytest.mark.parametrize(
    "mode, place, lines, verdict, words",
    [
        pytest.param("step", START, [STOP], Verdict.UNUSABLE, "gdb has not connected within ", id="hangs at first"),
        pytest.param("step", CONNECTED, [STOP], *STOPPED, id="hangs when it has connected"),
        pytest.param("step", WITHIN, [STOP], *STOPPED, id="hangs within a case"),
        pytest.param("attached", CONNECTED, ["echo", "continue &", STOP], *NO_EXIT, id="hangs while the guest runs"),
        pytest.param("step", START, [KILL], *DIED, id="dies at first"),
        pytest.param("step", WITHIN, [KILL], *DIED, id="dies within a case"),
        pytest.param("attached", CONNECTED, ["continue &", KILL], *DIED, id="dies while the guest runs"),
        pytest.param("step", WITHIN, ["shell sleep 1000 &", KILL], *DIED, id="dies, and what it started lives on"),
        pytest.param("step", WITHIN, ["quit"], Verdict.UNUSABLE, "gdb ended: ", id="ends early"),
        pytest.param("step", WITHIN, ["nosuch"], Verdict.UNUSABLE, "gdb: Undefined command", id="refuses a command"),
        pytest.param("step", WITHIN, ["shell while sleep 0.1; do echo y; done"], *STOPPED, id="talks on"),
    ],
)
def test_a_gdb_that_fails_is_told_apart(run, spoilt, deadlines, mode, place, lines, verdict, words):
    spoilt(place, *lines)
    deadlines.multiplier = 0.3
    (result,) = run(mode, "tf_step@kernel64")
    assert (result.verdict, result.reason[: len(words)]) == (verdict, words)
    assert place == START or "| connected" in (result.run / "gdb.log").read_text()


@fault("debugger", "a program in gdb's place {id}", "{verdict}: {words}", 120)
@pytest.mark.parametrize(
    "commands, verdict, words",
    [
        pytest.param("exec sleep 1000", Verdict.UNUSABLE, "gdb has not connected within ", id="sleeps"),
        pytest.param("sleep 1000 & exit", Verdict.UNUSABLE, "gdb ended: without a word", id="leaves a child"),
        pytest.param("exit 3", Verdict.UNUSABLE, "gdb ended: without a word", id="ends"),
        pytest.param("cat /dev/urandom", Verdict.UNUSABLE, "gdb has said more than 1 MiB", id="talks without end"),
        pytest.param(f'{NOISE}; exec {find_gdb()} "$@"', Verdict.PASS, "", id="greets in binary"),
    ],
)
def test_a_program_that_is_no_gdb(run, tmp_path, monkeypatch, deadlines, commands, verdict, words):
    """Whatever it is asked, its version first."""
    program = tmp_path / "gdb"
    program.write_text(f"#!/bin/sh\n{commands}\n")
    program.chmod(0o755)
    monkeypatch.setenv("GDB", str(program))
    monkeypatch.setattr(record, "VERSION_DEADLINE", 1.0)
    monkeypatch.setattr(limits, "BOUND", Bound(size=1 << 20))
    deadlines.multiplier = 0.3
    (result,) = run("step", "int3@kernel64")
    assert (result.verdict, result.reason[: len(words)]) == (verdict, words)
    assert left_with(f"GDB={program}") == []


@fault("debugger", "gdb is killed before it has connected, once", "pass, with a remark: booted twice", 120)
def test_one_death_of_gdb_before_the_first_case_is_an_accident(run, tmp_path, monkeypatch):
    program = tmp_path / "gdb"
    once = f"[ -e '{tmp_path}/once' ] || {{ : >'{tmp_path}/once'; kill -KILL $$; }}"
    program.write_text(f'#!/bin/sh\ncase "$*" in *" -x "*) {once};; esac\nexec {find_gdb()} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("GDB", str(program))
    (result,) = run("attached", "int3@kernel64")
    assert result.verdict is Verdict.PASS
    (remark,) = result.judgement.remarks
    words = "booted twice, as the first VM ended before its first case: gdb died of SIGKILL: without a word: see "
    assert remark.startswith(f"attached: {words}")


@fault(
    "debugger",
    "a script that fails before it says anything",
    "unusable, that one; those before and after have theirs",
    120,
)
def test_a_script_that_gdb_does_not_come_through_is_the_only_one(run, monkeypatch):
    """Although it fails before it says anything; those before and after it have theirs, from boots without it."""
    first = 'set $name = "stepi_interrupt"\n'
    whole = runner.command_file
    monkeypatch.setattr(runner, "command_file", lambda *arguments: whole(*arguments).replace(first, "nosuch\n"))
    results = run("script", "break_int3@kernel64,stepi_interrupt@kernel64,stepi_pushf@kernel64")
    assert [(result.name, result.verdict) for result in results] == [
        ("break_int3", Verdict.PASS),
        ("stepi_interrupt", Verdict.UNUSABLE),
        ("stepi_pushf", Verdict.PASS),
    ]
    assert results[1].reason.startswith("gdb: Undefined command")


@fault("debugger", "a gdb that is heard two seconds late, in mode {mode}", "pass", 120)
@pytest.mark.parametrize("mode", ["attached", "step", "left"])
def test_a_gdb_that_is_heard_after_the_guest_has_left(run, tmp_path, monkeypatch, mode):
    """A busy machine may let QEMU's end be noticed before the first word of gdb."""
    program = tmp_path / "gdb"
    program.write_text(f'#!/bin/sh\n"{find_gdb()}" "$@" | (sleep 2; cat)\n')
    program.chmod(0o755)
    monkeypatch.setenv("GDB", str(program))
    (result,) = run(mode, "int3@kernel64")
    assert (result.verdict, result.reason) == (Verdict.PASS, "")


@fault("debugger", "a script with a `go` too many", "differs, that one; the others have theirs", 120)
def test_a_script_that_loses_its_place_takes_no_other_along(run, spoilt):
    """One more `go` than there are stops leads into the next case: this one gets a VM, and its script, for itself."""
    spoilt("marks_stepi_pushf_kernel64\nbegin_script", "go", "go", "go", "go", "go")
    results = run("script", "stepi_pushf@*64,stepi_pushf@compat32")
    verdicts = {result.mode: result.verdict for result in results}
    assert verdicts == {"kernel64": Verdict.DIFFERS, "user64": Verdict.PASS, "compat32": Verdict.PASS}
    assert len({result.run for result in results}) == 2


def test_an_error_is_one_although_the_guest_ends_upon_it(tmp_path):
    """A gdb that ends lets go of the guest, and that may be through before gdb has taken its leave."""
    says = ["x.gdb:1: Error in sourced command file:", "Undefined command", "Target disconnected.: Broken pipe."]
    (event,) = events_of(tmp_path, f"printf '%s\\n' '{says[0]}' '{says[1]}' '{says[2]}'")
    assert (event.kind, event.text) == ("died", "gdb: Undefined command Target disconnected.: Broken pipe.")


@pytest.mark.parametrize("error", ["Error occurred in Python: No registers.", "Cannot access memory at address 0x1"])
def test_an_error_that_the_end_of_the_guest_explains_is_none_whichever_is_heard_first(tmp_path, error):
    failed = ["x.gdb:1: Error in sourced command file:", error]
    for said in (["[Inferior 1 (process 1) exited normally]", *failed], [*failed, "Remote connection closed"]):
        (event,) = events_of(tmp_path, f"printf '%s\\n' {shlex.join(said)}")
        assert event.kind == "exit"
    (event,) = events_of(tmp_path, f"printf '%s\\n' {shlex.join(failed)}")
    assert event.kind == "died"


@pytest.mark.parametrize("words", ["[Inferior 1 (process 1) exited normally]", "Remote connection closed"])
def test_a_gdb_that_ends_by_itself_has_not_seen_the_guest_to_its_end(tmp_path, words):
    """It takes the guest along, and whether it still hears of that is chance. What stops its commands is an error."""
    (event,) = events_of(tmp_path, f"echo '{words}'")
    assert (event.kind, event.text) == ("died", f"gdb ended: {words}")
    (event,) = events_of(
        tmp_path, f"printf '%s\\n' '{words}' 'x.gdb:1: Error in sourced command file:' 'No registers.'"
    )
    assert event.kind == "exit"


@pytest.mark.parametrize("words", ["gdb: gdb: Connection refused.", "gdb died of SIGABRT"])
def test_whatever_gdb_says_of_a_qemu_that_was_killed_is_why_nothing(words):
    outcome = Outcome()
    session = DebuggerSession(Debugging("gdb", "", Image(Path(), ())), outcome)
    session.take_last(Event("died", words), -signal.SIGKILL)
    assert session.done and outcome.ending is None
    session = DebuggerSession(Debugging("gdb", "", Image(Path(), ())), outcome)
    session.take_last(Event("died", words), STATUS_DONE)
    assert outcome.ending is Verdict.UNUSABLE and outcome.reason == words


def test_what_the_guest_says_when_gdb_has_died_is_void_too():
    outcome = Outcome()
    outcome.make_void("gdb has died")
    lines = (b"trapline 1 mode=kernel32 cpus=1 cases=1", b"begin a@m", b"end a@m")
    assert [outcome.take(line) for line in lines] == [""] * 3
    assert outcome.log.blocks == []


@fault("debugger", "gdb says `{text:.20}`", "a line of the debugger's log")
@pytest.mark.parametrize(
    "text, words",
    [
        ("| nonsense", "nonsense"),
        ("| at nowhere", "| at nowhere"),
        ("| at 8", "| at 8"),
        ("| stop 0x8 0x", "| stop 0x8 0x"),
        ("| told", "| told"),
        ("| case x@y 1234z", "| case x@y 1234z"),
        ("| breakpoints many", "| breakpoints many"),
        ("| ", ""),
        (r"| \377\376\001", "\ufffd\ufffd\\x01"),
        (LARGE, "Breakpoint 999"),
    ],
)
def test_what_nobody_understands_is_a_line_of_the_log(tmp_path, text, words):
    line, _ = events_of(tmp_path, f"printf '{text}\\n'")
    assert (line.kind, line.text[: len(words)]) == ("line", words)
    assert len(line.text) <= LONGEST_WORDS


@fault("debugger", "gdb says what nobody understands, in mode {mode}", "differs: the debugger's log", 120)
@pytest.mark.parametrize(
    "text, words",
    [("| nonsense", "nonsense"), ("| case x@y 1234z", "| case x@y 1234z"), (LARGE, "Breakpoint 999")],
    ids=["a word", "a case", "a number"],
)
@pytest.mark.parametrize("mode, place", [("attached", CONNECTED), ("step", WITHIN)])
def test_what_nobody_understands_differs(run, spoilt, mode, place, text, words):
    spoilt(place, f"shell printf '{text}\\n'", "echo")
    (result,) = run(mode, "int3@kernel64")
    assert result.verdict is Verdict.DIFFERS
    assert result.reason.startswith("the debugger's log: ")
    assert len(result.reason) < 1000
    assert any(line.startswith(words) for line in result.debugger_seen if line not in result.debugger_required)


@fault("debugger", "gdb says three megabytes to people: {id}", "pass; gdb.log has them", 120)
@pytest.mark.parametrize(
    "command, size",
    [
        ("head -c 3000000 /dev/urandom | tr '|' -", 3_000_000),
        ("head -c 3000000 /dev/zero", 3_000_000),
        ("yes $(printf %079d 0) | head -n 37500", 3_000_000),
    ],
    ids=["bytes", "one line", "lines"],
)
def test_what_gdb_says_to_people_is_kept(run, spoilt, deadlines, command, size):
    deadlines.multiplier = 10.0  # however long that takes on a busy machine
    spoilt(CONNECTED, f"shell {command}; echo")
    (result,) = run("step", "int3@kernel64")
    assert (result.verdict, result.reason) == (Verdict.PASS, "")
    assert (result.run / "gdb.log").stat().st_size >= size


@fault("debugger", "gdb talks without end, within a case", "unusable: gdb has said more than 1 MiB: see gdb.log", 120)
def test_a_gdb_that_talks_without_end(run, spoilt, monkeypatch):
    monkeypatch.setattr(limits, "BOUND", Bound(size=1 << 20))
    spoilt(WITHIN, "shell cat /dev/zero")
    (result,) = run("step", "int3@kernel64")
    assert (result.verdict, result.reason) == (Verdict.UNUSABLE, "gdb has said more than 1 MiB: see gdb.log")
    assert 0 < (result.run / "gdb.log").stat().st_size < 2 << 20


# gdb is killed while the guest runs, which then meets its breakpoint.
LOSE = ["run_to_case", "stop_at $case_over", "continue &", r'printf "| left\n"', "echo"]


@fault(
    "debugger",
    "gdb is killed while the guest runs into its breakpoint",
    "hang: the guest is stopped, and gdb has left; vCPU 0 is at case_over",
    120,
)
def test_a_breakpoint_that_nobody_is_there_for_stops_the_guest_for_good(run, spoilt, deadlines):
    """The gdbstub takes no notice of a connection's end; no manual says that it should."""
    spoilt(CONNECTED, *LOSE, KILL)
    deadlines.multiplier = 0.3
    case, result = run("attached", "int3@kernel64")
    assert (case.verdict, result.case, result.verdict) == (Verdict.PASS, "bye@kernel64", Verdict.HANG)
    assert result.reason.startswith("the guest is stopped, and gdb has left; vCPU 0 is at case_over (CPL 0")


@fault("debugger", "gdb is killed, and another one comes and detaches", "pass", 120)
def test_another_gdb_frees_a_guest_that_the_first_has_lost(run, spoilt, deadlines, tmp_path):
    """It connects when QEMU has noticed the first one's death, and its detaching removes all breakpoints.

    In a session of its own, for what the first leaves in its group ends with it.
    """
    log = tmp_path / "another.log"
    deadlines.multiplier = 20.0  # however long its start takes here
    commands = ("set remotetimeout 100", "target remote gdb", "info threads", "detach")
    another = shlex.join([find_gdb(), "-nx", "-q", "-batch", *(word for each in commands for word in ("-ex", each))])
    spoilt(CONNECTED, *LOSE, f"shell setsid {another} >'{log}' 2>&1 </dev/null &", KILL)
    (result,) = run("attached", "int3@kernel64")
    assert (result.verdict, result.reason) == (Verdict.PASS, "")
    assert "CPU#1" in log.read_text()


@fault(
    "debugger",
    "a guest that is elsewhere when gdb connects again",
    "differs: the debugger's log: one line too many: stop elsewhere",
    120,
)
def test_a_guest_that_another_gdb_finds_elsewhere_differs(run, spoilt):
    """Mode cut looks where the guest is when it connects again."""
    spoilt("disconnect", "set $first_case = $first_case + 1")
    (result,) = run("cut", "int3@kernel64")
    assert (result.verdict, result.reason) == (
        Verdict.DIFFERS,
        "the debugger's log: one line too many: stop elsewhere",
    )


@fault(
    "hypervisor",
    "a case that would kill an emulated host's emulator",
    "unusable, that one; the other has its own",
    120,
)
def test_a_case_that_the_platform_refuses_is_unusable_beside_one_that_runs(settings, tcg, tmp_path, monkeypatch):
    """As an emulated host does with what would kill its emulator."""
    refuses = {"int_n@kernel64": "it would"}
    monkeypatch.setattr(type(tcg), "refusal", lambda self, case, debugger: refuses.get(case, ""))
    chosen = Runner(settings.jobs, settings.deadlines)
    chosen.record._runs = tmp_path / "runs"
    (image,) = select(read_images(), "int3@kernel64,int_n@kernel64", "")
    results = chosen.run(Group(tcg, "attached", image))
    assert [result.verdict for result in results] == [Verdict.PASS, Verdict.UNUSABLE]
    assert results[1].reason == "it would"
    for result in results:
        kept = json.loads((result.run / "verdict.json").read_text(encoding="utf-8"))
        assert [(entry["case"], entry["verdict"]) for entry in kept] == [(result.name, result.verdict.value)]


@pytest.mark.parametrize("cases", ["stepi_pushf@kernel64", "stepi_pushf@*64"], ids=["nothing", "another case"])
def test_a_script_that_misses_a_stop_has_the_same_log_whatever_comes_next(run, spoilt, cases):
    spoilt("marks_stepi_pushf_kernel64\nbegin_script", "go")
    result = run("script", cases)[0]
    assert result.verdict is Verdict.DIFFERS
    assert result.debugger_seen == ["stop cpu=0 rip=elsewhere for the end"]
