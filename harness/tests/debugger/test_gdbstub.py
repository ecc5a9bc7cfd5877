# SPDX-License-Identifier: BSD-2-Clause
"""What a gdbstub lacks or gets wrong is caught and told apart: on a real gdb and a real QEMU."""

import json
import re
from collections.abc import Callable

import pytest

from harness.catalogue.debugger_modes import MODES, doing
from harness.debugger import gdbstub
from harness.debugger.gdb import find_gdb
from harness.debugger.needs import needs_of_mode, needs_of_script
from harness.judging.result import Verdict
from harness.tests.debugger import proxy
from harness.tests.faults import fault

pytestmark = [pytest.mark.slow, pytest.mark.skipif(find_gdb() is None, reason="gdb is not on the PATH")]

DIFFERS = (Verdict.DIFFERS, "the debugger's log: ")
STOPPED = (Verdict.HANG, "the guest is stopped, and gdb says nothing for ")


@pytest.mark.parametrize("kind", [proxy.Proxy, proxy.Twice], ids=["changes nothing", "tells a stop twice in a row"])
@pytest.mark.parametrize("mode, nth", [("break", 1), ("step", 3), ("step", 6)])
def test_a_proxy_that_gdb_does_not_see(run, between, kind, mode, nth):
    """A packet that gdb did not ask for is none: it drops what comes in place of an acknowledgement."""
    proxies = between(kind, nth)
    (result,) = run(mode, "int3@kernel64")
    assert (result.verdict, result.reason) == (Verdict.PASS, "")
    assert proxies[0].meddled.is_set()


# In mode step the second continue leads to the door, then come the steps: into int3@kernel64's body, over INT3, and
# after another continue to the mark after it and to the end; in tf_step@kernel64 into the body, through three
# instructions to the first mark, and over what TF traps. In stepi_pushf's script they are the third to the seventh.
@fault("debugger", "the gdbstub lies: {id}", "{verdict}: {words}", 120)
@pytest.mark.parametrize(
    "kind, mode, case, nth, verdict, words",
    [
        pytest.param(proxy.Losing, "break", "int3@kernel64", 1, *STOPPED, id="a stop lost before the case"),
        pytest.param(proxy.Losing, "step", "int3@kernel64", 2, *STOPPED, id="a stop lost at the door"),
        pytest.param(proxy.Losing, "step", "int3@kernel64", 6, *STOPPED, id="a step lost"),
        pytest.param(proxy.Premature, "attached", "int3@kernel64", 1, *DIFFERS, id="a stop too many, attached"),
        pytest.param(proxy.Premature, "break", "int3@kernel64", 2, *DIFFERS, id="a stop too many, break"),
        pytest.param(proxy.Premature, "step", "int3@kernel64", 2, *DIFFERS, id="a stop too many, step"),
        pytest.param(proxy.Premature, "step", "tf_step@kernel64", 5, *DIFFERS, id="a step too many"),
        pytest.param(proxy.Late, "step", "int3@kernel64", 3, *DIFFERS, id="a late step into the body"),
        pytest.param(proxy.Late, "step", "tf_step@kernel64", 5, *DIFFERS, id="a late step within the body"),
        pytest.param(proxy.Swapping, "step", "tf_step@kernel64", 5, *DIFFERS, id="two steps out of order"),
        pytest.param(proxy.Premature, "step", "tf_step@kernel64", 7, *DIFFERS, id="a step too many at a mark"),
        pytest.param(proxy.Losing, "script", "stepi_pushf@kernel64", 4, *STOPPED, id="a step lost, script"),
        pytest.param(proxy.Premature, "script", "stepi_pushf@kernel64", 4, *DIFFERS, id="a step too many, script"),
        pytest.param(proxy.Late, "script", "stepi_pushf@kernel64", 4, *DIFFERS, id="a late step, script"),
        pytest.param(proxy.Swapping, "script", "stepi_pushf@kernel64", 4, *DIFFERS, id="out of order, script"),
    ],
)
def test_a_proxy_that_lies_is_caught(run, between, deadlines, kind, mode, case, nth, verdict, words):
    proxies = between(kind, nth)
    deadlines.multiplier = 0.3
    (result,) = run(mode, case)
    assert proxies[0].meddled.is_set()
    assert (result.verdict, result.reason[: len(words)]) == (verdict, words)


def modes_that(want: Callable[[set[str]], bool]) -> list[str]:
    """The modes but script whose command files want such things of a gdbstub."""
    return [mode for mode in MODES if mode != "script" and want(set(needs_of_mode(mode)))]


@fault(
    "debugger",
    "a gdbstub without breakpoints and watchpoints, in mode {mode}",
    "unusable: the gdbstub has no ... points: it answers Z... with nothing",
    120,
)
@pytest.mark.parametrize("mode", modes_that(bool))
def test_a_gdbstub_without_breakpoints_makes_the_mode_unusable_in_its_own_words(run, between, mode):
    between(proxy.WithoutBreakpoints, 0)
    (result,) = run(mode, "int3@kernel64")
    assert result.verdict is Verdict.UNUSABLE
    assert re.fullmatch("the gdbstub has no [a-z ]+points: it answers Z[012],[0-9a-f]+,1 with nothing", result.reason)
    answers = json.loads((result.run / "platform.json").read_text(encoding="utf-8"))["gdbstub"]
    assert {packet[:2]: answer for packet, answer in answers.items() if packet[0] == "Z"} == dict.fromkeys(
        ("Z0", "Z1", "Z2"), ""
    )
    assert answers["qqemu.sstep"] == "0x0"


@pytest.mark.parametrize(
    "word, wanted", [("break *$at_first", True), ("stop_at $at_first", False), ("hbreak *$at_first", False)]
)
def test_a_script_wants_breakpoints_in_memory_by_its_own_word_alone(word, wanted):
    assert (gdbstub.SOFTWARE in needs_of_script(f"{word}\ngo\n")) == wanted


def test_who_wants_no_breakpoint_goes_without(run, between):
    between(proxy.WithoutBreakpoints, 0)
    (result,) = run("attached", "int3@kernel64")
    assert (result.verdict, result.reason) == (Verdict.PASS, "")


@fault(
    "debugger",
    "a gdbstub without single steps, in mode {mode}",
    "unusable: the gdbstub has no single steps: it answers qqemu.sstep with 0x0",
    120,
)
@pytest.mark.parametrize("mode", modes_that(lambda needs: gdbstub.STEP in needs))
def test_a_gdbstub_without_steps(run, between, mode):
    between(proxy.WithoutSteps, 0)
    (result,) = run(mode, "int3@kernel64")
    assert result.verdict is Verdict.UNUSABLE
    assert result.reason == "the gdbstub has no single steps: it answers qqemu.sstep with 0x0"


@pytest.mark.parametrize("mode", filter(lambda mode: doing(mode).runs_on, modes_that(bool)))
def test_who_does_not_step_goes_without(run, between, mode):
    between(proxy.WithoutSteps, 0)
    (result,) = run(mode, "int3@kernel64")
    assert (result.verdict, result.reason) == (Verdict.PASS, "")


@fault(
    "debugger",
    "a gdbstub without watchpoints, for three scripts",
    "unusable: has no watchpoints; only the script that wants one",
    120,
)
def test_each_script_wants_its_own(run, between):
    """Of three cases in one VM, those are unusable whose commands the gdbstub cannot follow."""
    between(proxy.WithoutWatchpoints, 0)
    found = {
        result.name: result for result in run("script", "break_int3@kernel64,watch_stack@kernel64,break_reads@kernel64")
    }
    assert found["break_int3"].verdict is Verdict.PASS
    assert found["break_reads"].verdict is Verdict.PASS
    assert found["watch_stack"].verdict is Verdict.UNUSABLE
    assert "has no watchpoints" in found["watch_stack"].reason


@fault("debugger", "a gdbstub without single steps, for a script", "unusable: has no single steps", 120)
def test_a_stepping_script_without_steps_is_unusable(run, between, deadlines):
    between(proxy.WithoutSteps, 0)
    (result,) = run("script", "stepi_pushf@kernel64")
    assert result.verdict is Verdict.UNUSABLE
    assert "has no single steps" in result.reason


@pytest.mark.parametrize(
    "answers, needs, words",
    [
        ({"Z1,10,1": "OK"}, [gdbstub.HARDWARE], ""),
        (
            {"Z1,10,1": "E22"},
            [gdbstub.HARDWARE],
            "the gdbstub has no hardware breakpoints: it answers Z1,10,1 with E22",
        ),
        ({"qqemu.sstepbits": "ENABLE=1", "qqemu.sstep": "0x7"}, [gdbstub.STEP], ""),
        ({"qqemu.sstepbits": "ENABLE=1", "qqemu.sstep": "0x0"}, [gdbstub.STEP], "answers qqemu.sstep with 0x0"),
        ({"qqemu.sstep": ""}, [gdbstub.STEP], "answers qqemu.sstep with nothing"),
        ({"Z1,10,1": ""}, [], ""),
    ],
)
def test_answers(answers, needs, words):
    assert gdbstub.refusal(needs, answers).endswith(words)
    assert bool(gdbstub.refusal(needs, answers)) == bool(words)


@pytest.mark.parametrize(
    "mode, needs, words",
    [
        ("detached", set(), ""),
        ("attached", set(), "runs_on"),
        ("hbreak", {gdbstub.HARDWARE}, "armed inserted runs_on"),
        ("break", {gdbstub.HARDWARE, gdbstub.SOFTWARE}, "inserted runs_on stops"),
        ("watch", {gdbstub.WATCH}, "armed inserted runs_on"),
        ("step", {gdbstub.HARDWARE, gdbstub.SOFTWARE, gdbstub.STEP}, "stops"),
        ("left", {gdbstub.HARDWARE, gdbstub.SOFTWARE, gdbstub.WATCH, gdbstub.STEP}, "stops"),
        ("cut", {gdbstub.HARDWARE, gdbstub.SOFTWARE, gdbstub.WATCH}, "armed inserted stops"),
        ("script", {gdbstub.HARDWARE}, "stops"),
    ],
)
def test_what_a_mode_does_is_read_off_its_command_file(mode, needs, words):
    assert (set(needs_of_mode(mode)), str(doing(mode))) == (needs, words)
