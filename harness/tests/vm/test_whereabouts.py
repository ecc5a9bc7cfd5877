# SPDX-License-Identifier: BSD-2-Clause
"""A guest that hangs is found by looking at it, one that may go on is waited for, and a reset tells its place."""

import os
import threading
import time
from dataclasses import replace

import pytest

from harness.judging.result import Verdict
from harness.platform import Platform, find_platforms
from harness.system import process
from harness.system.limits import SILENCE, Deadlines
from harness.tests.aim import make_target
from harness.tests.vm.test_vm import BEGUN
from harness.vm import watch
from harness.vm.qemu import VM
from harness.vm.whereabouts import Stillness, ask_vcpus, read_vcpus, ticks_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tcg() -> Platform:
    (platform,) = find_platforms(make_target(), "tcg")
    assert isinstance(platform, Platform), platform.reason
    return platform


def boot(tcg, image, directory, multiplier=1.0):
    return VM(tcg.command(image, ""), directory, Deadlines(multiplier), image=image).run()


@pytest.mark.parametrize(
    "action, words",
    [
        pytest.param("spin", "vCPU 0 is at reached (CPL 0", id="spins"),
        pytest.param("pause_loop", "vCPU 0 is at reached", id="spins in more than one instruction"),  # at any of them
        pytest.param(
            "sleep_for_good",
            "vCPU 0 is halted at sleep_for_good+2 (CPL 0, interrupts off)",
            id="halted, and nothing can wake it",
        ),
    ],
)
def test_a_guest_that_gets_nowhere_is_found_by_looking(tcg, guest, tmp_path, action, words):
    began = time.monotonic()
    outcome = boot(tcg, guest(BEGUN, action), tmp_path)
    assert outcome.ending is Verdict.HANG
    assert outcome.reason == "the vCPUs get nowhere"
    assert words in outcome.circumstances[0]
    assert time.monotonic() - began < SILENCE, "was told by the deadline"


def test_the_place_told_is_the_one_that_was_seen(tcg, guest, tmp_path, monkeypatch):
    """Not where the vCPU is later: under another hypervisor, now and then in that one's handler of its clock."""
    monkeypatch.setattr(watch, "ask_vcpus", lambda qmp: [replace(vcpu, ip=0) for vcpu in ask_vcpus(qmp)])
    assert boot(tcg, guest(BEGUN, "spin"), tmp_path).circumstances[0].startswith("vCPU 0 is at reached (CPL 0")


@pytest.mark.parametrize("action", ["count", "sleep_with_interrupts"])
def test_a_guest_that_may_go_on_is_waited_for(tcg, guest, tmp_path, action):
    outcome = boot(tcg, guest(BEGUN, action), tmp_path, multiplier=0.2)
    assert outcome.ending is Verdict.HANG
    assert outcome.reason == f"no line for {SILENCE / 5:g} s"
    assert outcome.circumstances[0].startswith("vCPU 0 is ")


def test_a_guest_that_counts_for_long_and_goes_on_is_no_hang(tcg, guest, tmp_path, monkeypatch):
    """It is silent for longer than a guest is that gets nowhere."""
    monkeypatch.setattr(watch, "LOOK_AFTER", 0.2)
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.1)
    whole = "trapline 1 mode=kernel32 cpus=2 cases=0\nbye cases=0 traps=0\n"
    began = time.monotonic()
    outcome = boot(tcg, guest(whole, "count_and_leave"), tmp_path)
    assert outcome.ending is None, outcome.reason
    assert time.monotonic() - began > watch.LOOK_AFTER + Stillness.LOOKS * watch.LOOK_EVERY


def test_a_reset_tells_the_place(tcg, guest, tmp_path):
    outcome = boot(tcg, guest(BEGUN, "triple_fault"), tmp_path)
    assert outcome.ending is Verdict.RESET
    assert outcome.reason == "the guest was reset (triple fault)"
    assert outcome.circumstances[0].endswith("at reached+7 (CPL 0, interrupts off)")


SHOWN = """\r
CPU#0\r
EAX=00000000 EBX=00000000 ECX=00000000 EDX=00060fb1\r
EIP=0000fff0 EFL=00000202 [-------] CPL=3 II=0 A20=1 SMM=0 HLT=0\r
CS =f000 ffff0000 0000ffff 00009b00\r
\r
CPU#1\r
RAX=0000000000000000 RBX=0000000000000000\r
RIP=0000000000101234 RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1\r
CS =0008 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]\r
"""


def test_what_the_monitor_says_is_read():
    first, second = read_vcpus(SHOWN)
    assert (first.number, first.cs, first.base, first.ip, first.flags) == (0, 0xF000, 0xFFFF0000, 0xFFF0, 0x202)
    assert (first.cpl, first.halted, first.asleep) == (3, False, False)
    assert (second.number, second.cs, second.ip, second.cpl) == (1, 8, 0x101234, 0)
    assert (second.halted, second.asleep) == (True, True)


@pytest.mark.parametrize("text", ["", "unknown command: 'info registers -a'\r\n", "CPU#0\r\nEIP=\r\n"])
def test_what_the_monitor_does_not_say_is_nothing(text):
    assert read_vcpus(text) == []


def test_a_thread_is_looked_at_in_proc_and_nowhere_else(monkeypatch):
    here = os.getpid(), threading.get_native_id()
    assert ticks_of(*here) >= 0
    monkeypatch.setattr(process, "POSIX", False)
    assert ticks_of(*here) is None
