# SPDX-License-Identifier: BSD-2-Clause
"""How a VM ends is told apart, on a real QEMU: by a guest that does it, or a QEMU that is killed."""

import dataclasses
import shutil
import signal
import time
from pathlib import Path

import pytest

from harness.catalogue.image import Image, read_images
from harness.catalogue.required import RequiredLogs
from harness.debugger.command_file import COMMANDS, flattened
from harness.debugger.gdb import Debugging, find_gdb
from harness.judging.result import Verdict
from harness.platform import Platform, Unusable, find_platforms, kvm
from harness.runs.runner import Group, Runner
from harness.system import limits, process
from harness.system.limits import FAREWELL, SILENCE, Bound, Deadlines
from harness.system.places import CASES
from harness.tests.aim import make_target
from harness.tests.command import ends
from harness.tests.faults import fault
from harness.vm import debugger_session, qemu_process
from harness.vm.qemu import VM
from harness.vm.qmp import QMP

pytestmark = pytest.mark.slow

BEGUN = "trapline 1 mode=kernel32 cpus=1 cases=1\nbegin a@kernel32\n"
WHOLE = BEGUN + "end a@kernel32\nbye cases=1 traps=0\n"
IMPATIENT = Deadlines(0.05)


@pytest.fixture(scope="session")
def tcg(pytestconfig) -> Platform:
    (platform,) = find_platforms(make_target(qemu=pytestconfig.option.qemu), "tcg")
    assert isinstance(platform, Platform), platform.reason
    return platform


def boot(tcg, image, directory, **options):
    return VM(tcg.command(image, ""), directory, options.pop("deadlines", Deadlines()), **options).run()


def test_a_guest_that_leaves(tcg, guest, tmp_path):
    outcome = boot(tcg, guest(WHOLE, "leave_with 42"), tmp_path)
    assert (outcome.ending, outcome.log.whole) == (None, True)
    assert (tmp_path / "serial.log").read_text() == WHOLE


@fault("guest", "QEMU's guest ends: {id}", "{verdict}: {words}")
@pytest.mark.parametrize(
    "text, action, verdict, words",
    [
        pytest.param(BEGUN, "leave_with 42", Verdict.CUT, "not whole", id="within a case"),
        pytest.param(
            WHOLE.replace("cases=1 t", "cases=2 t"), "leave_with 42", Verdict.CUT, "not whole", id="bye miscounts"
        ),
        pytest.param(BEGUN, "leave_with 43", Verdict.CUT, "panicked", id="panic"),
        pytest.param(BEGUN, "triple_fault", Verdict.RESET, "triple fault", id="reset within a case"),
        pytest.param(WHOLE, "triple_fault", Verdict.RESET, "triple fault", id="reset after bye"),
    ],
)
def test_endings_that_the_guest_brings_about(tcg, guest, tmp_path, text, action, verdict, words):
    began = time.monotonic()
    outcome = boot(tcg, guest(text, action), tmp_path)
    assert outcome.ending is verdict
    assert words in outcome.reason
    assert time.monotonic() - began < SILENCE, "was told by a deadline"


@fault(
    "guest",
    "a guest's panic that QEMU tells of before its words have come",
    "cut: the guest panicked, says QEMU: the last words",
)
def test_what_qemu_said_of_a_panic_is_read_to_its_end(tcg, guest, tmp_path, monkeypatch):
    """The event overtakes the words: one thread reads each."""

    def read_late(machine):
        time.sleep(0.5)
        read(machine)

    read = qemu_process.QEMUProcess._read_output
    monkeypatch.setattr(qemu_process.QEMUProcess, "_read_output", read_late)
    wrapper = tmp_path / "qemu"
    wrapper.write_text(f'#!/bin/sh\necho the last words\nexec {tcg.program} -device pvpanic "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    outcome = boot(dataclasses.replace(tcg, program=str(wrapper)), guest(BEGUN, "panic_by_pvpanic"), tmp_path)
    assert outcome.ending is Verdict.CUT
    assert outcome.reason == "the guest panicked, says QEMU: the last words"
    assert outcome.log.open_block.case == "a@kernel32"


@fault("guest", "QEMU's guest writes nothing more, {id}", "hang")
@pytest.mark.parametrize("text", [BEGUN, WHOLE, ""], ids=["within a case", "after bye", "from the start"])
def test_silence_is_a_hang(tcg, guest, tmp_path, text):
    assert boot(tcg, guest(text, "spin"), tmp_path, deadlines=IMPATIENT).ending is Verdict.HANG


@fault("guest", "a guest that writes without end, to the UART", "hang: more than 10000 bytes of log")
def test_a_log_without_end_is_a_hang(tcg, guest, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "LOG", Bound(size=10_000))
    outcome = boot(tcg, guest(BEGUN, "jmp _start"), tmp_path)
    assert outcome.ending is Verdict.HANG
    assert "of log" in outcome.reason
    assert (tmp_path / "serial.log").stat().st_size <= 10_000


def test_what_goes_to_the_uart_is_there_too_beside_a_console(tcg, guest, tmp_path):
    """As what the image says before it has read its command line."""
    assert boot(tcg, guest(WHOLE, "leave_with 42"), tmp_path, follow=True).log.whole
    assert (tmp_path / "serial.log").read_text() == WHOLE


@fault("guest", "a guest that writes without end, to a file", "hang: more than 10000 bytes of log")
def test_a_followed_log_without_end_is_a_hang(tcg, guest, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "LOG", Bound(size=10_000))
    began = time.monotonic()
    outcome = boot(tcg, guest(BEGUN, "jmp _start"), tmp_path, follow=True)
    assert outcome.ending is Verdict.HANG and "of log" in outcome.reason
    assert (tmp_path / "serial.log").stat().st_size <= 10_000
    assert time.monotonic() - began < SILENCE


@fault("hypervisor", "a QEMU that dies after a line of the guest's", "crash; the line is in serial.log")
def test_the_last_line_before_qemu_dies_is_there(tcg, guest, tmp_path, children):
    image = guest(BEGUN, "spin")
    outcome = boot(tcg, image, tmp_path, on_case=lambda case: children[0].send_signal(signal.SIGSEGV), follow=True)
    assert outcome.ending is Verdict.CRASH
    assert (tmp_path / "serial.log").read_text() == BEGUN


@fault("hypervisor", "a QEMU by a wrapper that leaves a helper", "the guest's results; the helper ends")
def test_what_a_qemu_leaves_behind_is_not_waited_for(tcg, guest, tmp_path):
    """As a wrapper does that starts a helper beside it: whoever waits for the end of its output waits for both."""
    wrapper = tmp_path / "qemu"
    wrapper.write_text(f"#!/bin/sh\nsleep 77 & echo $! >'{tmp_path}/helper'\nexec {tcg.program} \"$@\"\n")
    wrapper.chmod(0o755)
    began = time.monotonic()
    outcome = boot(dataclasses.replace(tcg, program=str(wrapper)), guest(WHOLE, "leave_with 42"), tmp_path)
    assert (outcome.ending, outcome.log.whole) == (None, True)
    assert time.monotonic() - began < 60
    assert ends(int((tmp_path / "helper").read_text()))


@fault("hypervisor", "QEMU dies of {number} within a case", "crash: {number}, of that case")
@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGKILL])
def test_a_qemu_that_dies(tcg, guest, tmp_path, children, number):
    outcome = boot(tcg, guest(BEGUN, "spin"), tmp_path, on_case=lambda case: children[0].send_signal(number))
    assert (outcome.ending, outcome.log.open_block.case) == (Verdict.CRASH, "a@kernel32")
    assert number.name in outcome.reason


def test_a_qemu_that_refuses_its_options(tcg, guest, tmp_path):
    command = [*tcg.command(guest(WHOLE, "leave_with 42"), ""), "-machine", "nosuch"]
    outcome = VM(command, tmp_path, Deadlines()).run()
    assert outcome.ending is Verdict.UNUSABLE
    assert "nosuch" in outcome.reason or "unsupported machine type" in outcome.reason


needs_gdb = pytest.mark.skipif(find_gdb() is None, reason="gdb is not on the PATH")


def debugging(image: Path, *commands: str) -> Debugging:
    """A gdb that does this between connecting and continuing."""
    symbols = Image(image, ())
    lines = [f"set ${name} = {symbols.symbol(name):#x}" for name in ("running_case", "running_body", "reached")]
    lines += ["set $unreached = $reached", *flattened(COMMANDS / "common.gdb"), *commands, "run_on", ""]
    return Debugging(find_gdb(), "\n".join(lines), symbols)


@needs_gdb
def test_a_stop_is_recorded_for_its_case(tcg, guest, tmp_path):
    image = guest(BEGUN, "leave_with 42")
    outcome = boot(tcg, image, tmp_path, debugging=debugging(image, "hbreak *$reached"))
    assert outcome.debugger_log == {"a@kernel32": ["stop elsewhere"]}
    assert "Breakpoint 1" in (tmp_path / "gdb.log").read_text()


@needs_gdb
def test_no_stop_without_cause(tcg, guest, tmp_path):
    image = guest(WHOLE, "leave_with 42")
    outcome = boot(tcg, image, tmp_path, debugging=debugging(image))
    assert (outcome.ending, outcome.debugger_log) == (None, {})


@needs_gdb
def test_without_unix_sockets_all_goes_over_loopback(tcg, guest, tmp_path, monkeypatch):
    monkeypatch.setattr(process, "UNIX_SOCKETS", False)
    image = guest(BEGUN + "end a@kernel32\n" + WHOLE.splitlines()[-1] + "\n", "leave_with 42")
    outcome = boot(tcg, image, tmp_path, debugging=debugging(image, "hbreak *$reached"))
    assert (outcome.ending, outcome.log.whole) == (None, True)
    assert outcome.debugger_log == {"a@kernel32": ["stop elsewhere"]}
    assert "target remote 127.0.0.1:" in (tmp_path / "gdb.log").read_text()


@fault("debugger", "a breakpoint that is met without end", "hang: gdb has said more than 50 times: line stop elsewhere")
@needs_gdb
def test_endless_stops_end(tcg, guest, tmp_path, monkeypatch):
    monkeypatch.setattr(debugger_session, "MOST_STOPS", 50)
    waits: list[float] = []  # for a QEMU that goes on by itself
    monkeypatch.setattr(qemu_process.QEMUProcess, "exits", lambda _self, within=0.0: waits.append(within) or False)
    image = guest(BEGUN, "spin")
    outcome = boot(tcg, image, tmp_path, debugging=debugging(image, "hbreak *$reached"))
    assert (outcome.ending, outcome.reason) == (Verdict.HANG, "gdb has said more than 50 times: line stop elsewhere")
    assert not waits


@fault("debugger", "a command that gdb refuses: `hbreak *nosuch`", "unusable: No symbol table is loaded")
@needs_gdb
def test_a_command_that_gdb_refuses_makes_the_mode_unusable(tcg, guest, tmp_path):
    image = guest(WHOLE, "leave_with 42")
    outcome = boot(tcg, image, tmp_path, debugging=debugging(image, "hbreak *nosuch"))
    assert outcome.ending is Verdict.UNUSABLE
    assert "No symbol table is loaded" in outcome.reason


@fault("debugger", "a gdb that is /bin/true", "unusable: gdb ended")
def test_a_gdb_that_is_none(tcg, guest, tmp_path):
    image = guest(WHOLE, "leave_with 42")
    outcome = boot(tcg, image, tmp_path, debugging=Debugging(shutil.which("true"), "", Image(image, ())))
    assert outcome.ending is Verdict.UNUSABLE
    assert "gdb ended" in outcome.reason


def test_a_pattern_of_many_stars(tcg, tmp_path):
    """One that matches nothing does not keep the guest from its first line."""
    (image,) = [image for image in read_images() if image.name == "guest32"]
    cases = f"int3@kernel32,{'*' * 40}nothing"
    log = VM(tcg.command(image.path, cases), tmp_path, Deadlines()).run().log
    assert log.whole and [block.case for block in log.blocks] == ["int3@kernel32"]


@fault("guest", "a case that resets the machine", "reset, of that case; the others have theirs from a fresh VM", 120)
def test_a_case_that_takes_its_vm_down_leaves_the_others_theirs(tcg, guest, tmp_path):
    """The first boot is of a guest that runs two cases and resets in the third, the rest are of the real one."""
    image = read_images()[1]
    vendor = "AuthenticAMD"
    lines = [f"trapline 1 mode=kernel64 cpus=2 cases={len(image.cases)}", f"cpu vendor={vendor}"]
    for case in image.cases[:2]:
        lines += [f"begin {case}", *RequiredLogs(CASES).lines(case, vendor), f"end {case}"]
    first = guest("\n".join([*lines, f"begin {image.cases[2]}", ""]), "triple_fault")
    wrapper = tmp_path / "qemu"
    wrapper.write_text(
        f"#!/bin/sh\n[ -e '{tmp_path}/booted' ] && exec {tcg.program} \"$@\"\n"
        f"touch '{tmp_path}/booted'\nexec {tcg.program} \"$@\" -kernel '{first}'\n"
    )
    wrapper.chmod(0o755)
    runner = Runner(1, Deadlines())
    runner.record._runs = tmp_path
    results = runner.run(Group(dataclasses.replace(tcg, program=str(wrapper)), "detached", image))
    assert [result.case for result in results] == list(image.cases)
    boots = [int(result.run.name.rpartition("-")[2]) for result in results]
    assert boots[:3] == [1] * 3 and boots[3] == 2 and boots == sorted(boots)
    assert results[2].verdict is Verdict.RESET
    assert all(result.verdict.green for result in results[3:])


@fault("guest", "a guest that leaves a case out", "cut: the guest did not run it")
def test_a_case_that_the_guest_leaves_out_is_cut(tcg, guest, tmp_path):
    runner = Runner(1, Deadlines())
    runner.record._runs = tmp_path
    image = guest(WHOLE, "leave_with 42").rename(tmp_path / "guest32.elf")
    results = runner.run(Group(tcg, "detached", Image(image, ("a@kernel32", "b@kernel32"))))
    assert [(result.verdict, result.reason) for result in results] == [
        (Verdict.UNUSABLE, "there is no required log for it"),
        (Verdict.CUT, "the guest did not run it"),
    ]


@pytest.mark.skipif(kvm.backend() != "kvm_pvm" or bool(kvm.obstacle()), reason="needs a KVM that gives up on an INT1")
def test_a_kvm_that_gives_up_is_told_at_once(tmp_path):
    (platform,) = find_platforms(make_target(accel="kvm"), "kvm")
    if isinstance(platform, Unusable):
        pytest.skip(platform.reason)
    image = read_images()[1]
    runner = Runner(1, Deadlines())
    runner.record._runs = tmp_path
    (result,) = runner.run(Group(platform, "detached", Image(image.path, ("icebp@kernel64",))))
    assert result.verdict is Verdict.BACKEND
    assert "KVM internal error" in result.reason
    assert result.seconds < SILENCE, "was told by a deadline"


@fault("hypervisor", "QMP's last event is lost, {id}", "{verdict}, after one more boot", 120)
@pytest.mark.parametrize("times, verdict", [(1, Verdict.PASS), (99, Verdict.CUT)], ids=["once", "always"])
def test_an_end_whose_reason_was_lost_is_asked_for_again(tcg, tmp_path, monkeypatch, times, verdict):
    """QMP's last event, as where its reader lags behind the thousands that a gdb that steps makes."""

    def take(connection, message):
        if message.get("event") == "SHUTDOWN" and len(lost) < times:
            lost.append(message)
        else:
            whole(connection, message)

    lost, whole = [], QMP._take
    monkeypatch.setattr(QMP, "_take", take)
    image = read_images()[0]
    runner = Runner(1, Deadlines())
    runner.record._runs = tmp_path
    cases = ("int3@kernel32", "triple_fault@kernel32")
    results = runner.run(Group(tcg, "attached", Image(image.path, cases)))
    assert [(result.case, result.verdict) for result in results] == list(zip(cases, (Verdict.PASS, verdict)))
    assert len(lost) == min(times, 2)


REFUSES_GDB = "gdbstub: current accelerator doesn't support guest debugging"


@fault("debugger", "an accelerator that refuses gdb, {id}", "unusable: in QEMU's own words")
@needs_gdb
@pytest.mark.parametrize("connected", [False, True], ids=["at once", "when it has connected"])
def test_an_accelerator_that_refuses_gdb_is_unusable_in_qemus_own_words(tcg, guest, tmp_path, connected):
    """WHPX' words in QEMU 10.2.2. The real QEMU here ends in the same place for a -gdb that it does not know."""
    wrapper = tmp_path / "qemu"
    refusal = f'echo "qemu-system-x86_64.exe: -gdb $word: {REFUSES_GDB}"; exit 1'
    if connected:
        refusal = "word=nosuch:x"
    others = f'for word; do shift; case "$word" in chardev:gdb) {refusal};; esac; set -- "$@" "$word"; done'
    wrapper.write_text(f'#!/bin/sh\n{others}\nexec {tcg.program} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    image = guest(WHOLE, "leave_with 42")
    began = time.monotonic()
    outcome = boot(dataclasses.replace(tcg, program=str(wrapper)), image, tmp_path, debugging=debugging(image))
    assert outcome.ending is Verdict.UNUSABLE
    assert ("nosuch:x" if connected else REFUSES_GDB) in outcome.reason
    assert outcome.debugger_log == {}
    assert time.monotonic() - began < FAREWELL, "was told by a deadline"
