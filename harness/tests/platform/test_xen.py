# SPDX-License-Identifier: BSD-2-Clause
"""Xen: what is said where there is none, how its boots end, and the guest as dom0 of the newest in the lab."""

import gzip
import shlex
import shutil
import time
from pathlib import Path

import pytest

from harness.catalogue.image import read_images, select
from harness.judging.result import Verdict
from harness.lab import cache, xens
from harness.platform import REFERENCES, Unusable, find_platforms, xen
from harness.runs.runner import Group, Runner
from harness.system.errors import WrongQuestion
from harness.system.limits import SILENCE, Deadlines
from harness.system.places import BUILD
from harness.tests.aim import make_target
from harness.tests.faults import fault
from harness.vm.command_boot import Statuses
from harness.vm.whereabouts import NOWHERE
from harness.vm.xen_boot import CONSOLE, XenBoot
from harness.vm.xen_probe import version_in

BEGUN = "trapline 1 mode=kernel64 cpus=2 cases=1\nbegin a@kernel64\n"
WHOLE = BEGUN + "end a@kernel64\nbye cases=1 traps=0\n"
FIRST = "(XEN) Xen version 4.17.5 (Debian 4.17.5+72-1) (x@example.org) (gcc 12) debug=n Mon Jan  1 00:00:00 UTC 2024\n"

needs_xen = pytest.mark.skipif(xens.find_xen("") is None, reason="no Xen is in the lab: run 'make deps-xen'")


@pytest.fixture
def empty_lab(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert not cache.items()


@fault("hypervisor", "no Xen", "unusable: no Xen is here: run 'make deps-xen', or say XEN=path")
def test_without_one(empty_lab):
    found = xen.probe(make_target())
    assert isinstance(found, Unusable) and found.reason == "no Xen is here: run 'make deps-xen', or say XEN=path"


@fault("hypervisor", "XEN={asked}", "exit status 2: {words}")
@pytest.mark.parametrize(
    "asked, words",
    [
        ("xen-syms", "XEN=xen-syms: there is no such file"),
        ("4.17", "XEN=4.17: it is not here: run 'python3 -m harness lab fetch xen-4.17', or 'make lab' for all"),
    ],
)
def test_what_is_not_there(empty_lab, asked, words):
    with pytest.raises(WrongQuestion) as refused:
        make_target(xen=asked)
    assert str(refused.value) == words


@fault("file", "XEN= a file that is {id}", "exit status 2: {words}")
@pytest.mark.parametrize(
    "content, words",
    [
        pytest.param(b"#!/bin/sh\n", "is neither xen.gz nor what is in it", id="text"),
        pytest.param(gzip.compress(b"#!/bin/sh\n"), "is neither xen.gz nor what is in it", id="packed text"),
        pytest.param(gzip.compress(b"\x7fELF")[:-9], "cannot be unpacked: its end is missing", id="cut"),
        pytest.param(b"\x1f\x8b?", "cannot be unpacked: ", id="broken"),
    ],
)
def test_what_is_no_xen(tmp_path, content, words):
    (tmp_path / "xen.gz").write_bytes(content)
    with pytest.raises(WrongQuestion) as refused:
        xen.probe(make_target(xen=str(tmp_path / "xen.gz")))
    assert str(refused.value).startswith(f"XEN={tmp_path}/xen.gz: {words}")


@pytest.mark.parametrize(
    "accel, asked, words",
    [
        ("tcg", "hap=0", "XEN_ARGS=hap=0: only ACCEL=xen has it"),
        ("xen", "hap=0 -- cases=*", "XEN_ARGS=hap=0 -- cases=*: expected words of Xen's command line without --, "),
        ("xen", "a" * 401, f"XEN_ARGS={'a' * 40}: expected words of Xen's command line "),
        ("xen", "a\x1bb", "XEN_ARGS=a\\x1bb: expected words of Xen's command line "),
    ],
)
def test_arguments_that_are_none(accel, asked, words):
    with pytest.raises(WrongQuestion) as refused:
        find_platforms(make_target(accel=accel, xen_args=asked), accel)
    assert str(refused.value).startswith(words)


def test_arguments_come_after_those_that_they_change():
    words = xen.with_dom0("guest.elf", "cases=*", "dom0=pvh,shadow  hap=0")
    assert words[-1] == f"{xen.DOM0} dom0=pvh,shadow hap=0 -- cases=*"


@fault("hypervisor", "a Xen that does not come up", "unusable: does not come up")
@pytest.mark.slow
def test_what_does_not_come_up(tmp_path):
    (tmp_path / "xen").write_bytes(b"\x7fELF" * 100)
    found = xen.probe(make_target(xen=str(tmp_path / "xen")))
    assert isinstance(found, Unusable) and found.reason.startswith(f"{tmp_path}/xen: does not come up: ")


def boot(folder: Path, log: str, console: str, then: str, deadlines: Deadlines = Deadlines()):
    """A boot by a command that writes these, and ends so."""
    script = f"printf %s {shlex.quote(log)} >serial.log; printf %s {shlex.quote(console)} >{CONSOLE}; {then}"
    statuses = Statuses([85], [0], [])
    return XenBoot(["sh", "-c", script], Path(), False, statuses, folder, deadlines, lambda case: None).run()


PANIC = "(XEN) \n(XEN) ****************************************\n(XEN) Panic on CPU 0:\n(XEN) FATAL TRAP: vec 1\n"
TRIPLE = "(XEN) d0v0 Triple fault - invoking HVM shutdown action 1\n(XEN) Hardware Dom0 shutdown: rebooting machine\n"
HALTED = "(XEN) Hardware Dom0 halted: halting machine\n"
STAY = "sleep 60"


@fault("hypervisor", "Xen: {id}", "{verdict}: {words}")
@pytest.mark.parametrize(
    "log, console, then, verdict, words",
    [
        pytest.param(WHOLE, FIRST, "exit 85", None, "", id="good"),
        pytest.param(WHOLE, FIRST + HALTED, "sleep 0.2; exit 85", None, "", id="halts before QEMU has gone"),
        pytest.param(BEGUN, FIRST, "exit 85", Verdict.CUT, "not whole", id="within a case"),
        pytest.param(BEGUN, FIRST + PANIC, STAY, Verdict.CRASH, "Xen panicked: FATAL TRAP: vec 1", id="panic"),
        pytest.param(BEGUN, FIRST + TRIPLE, STAY, Verdict.RESET, "the guest was reset", id="reset that Xen tells of"),
        pytest.param(BEGUN, FIRST, "exit 0", Verdict.RESET, "the guest was reset", id="reset"),
        pytest.param(
            BEGUN, FIRST + HALTED, STAY, Verdict.CRASH, "Xen ended the guest: Hardware Dom0 halted", id="halted"
        ),
        pytest.param(BEGUN, FIRST, "kill -SEGV $$", Verdict.CRASH, "sh died of SIGSEGV", id="QEMU dies"),
        pytest.param("", FIRST + PANIC, "exit 1", Verdict.CRASH, "Xen panicked", id="panic before the guest"),
    ],
)
def test_how_a_boot_ends(tmp_path, log, console, then, verdict, words):
    outcome = boot(tmp_path, log, console, then)
    assert outcome.ending is verdict and words in outcome.reason
    assert console in outcome.output


@fault("hypervisor", "Xen: a guest whose vCPUs spin", "hang: the vCPUs get nowhere")
@needs_xen
@pytest.mark.slow
def test_a_guest_that_spins_is_found_by_looking(tmp_path):
    """As an NMI that never comes has it, under Xen alone: both of the guest's vCPUs wait for it."""
    platform = xen.probe(make_target())
    (tmp_path / "vm").mkdir()
    image = shutil.copy(BUILD / "guest64.elf", tmp_path)  # beside it, as of a run, for QEMU takes no blanks
    began = time.monotonic()
    outcome = platform.boot(Path(image), "init_in_nmi@kernel64", tmp_path / "vm", Deadlines())
    assert (outcome.ending, outcome.reason) == (Verdict.HANG, NOWHERE)
    assert "vCPU 1 is at interrupt_itself" in outcome.circumstances[1]
    assert time.monotonic() - began < SILENCE * xen.SLOWER, "was told by the deadline"


@fault("hypervisor", "Xen: a guest that says nothing, and a QEMU that does not answer", "hang: no line for ... s", 120)
@pytest.mark.parametrize(
    "then",
    [
        pytest.param("sleep 60", id="says nothing"),
        pytest.param('exec bash -c "exec ${1##*=}>&-; sleep 60"', id="hangs up"),
        pytest.param('exec bash -c "yes >&${1##*=}"', id="says something else without end"),
    ],
)
def test_who_does_not_answer_is_waited_for(tmp_path, then):
    outcome = boot(tmp_path, BEGUN, FIRST, then, Deadlines(0.3))
    assert (outcome.ending, outcome.reason) == (Verdict.HANG, f"no line for {0.3 * SILENCE:g} s")


@pytest.mark.parametrize(
    "text, version",
    [(FIRST, "4.17.5"), (FIRST.replace("4.17.5 ", "4.21-unstable "), "4.21"), (FIRST[:-1], ""), ("", "")],
)
def test_the_version_that_it_says(tmp_path, text, version):
    (tmp_path / CONSOLE).write_text(text)
    assert version_in(tmp_path / CONSOLE) == version


@needs_xen
@pytest.mark.slow
@pytest.mark.parametrize(
    "knobs, runs",
    [({}, False), ({"xen": str(xens.find_xen(""))}, True), ({"xen_args": "hap=0"}, True), ({"accel": "all"}, True)],
    ids=["nothing", "XEN", "XEN_ARGS", "ACCEL=all"],
)
def test_by_default_it_is_named_and_runs_where_a_knob_asks_for_it(knobs, runs):
    found = next(each for each in find_platforms(make_target(**knobs), REFERENCES) if each.name == xen.NAME)
    assert isinstance(found, xen.XenPlatform) == runs
    if not runs:
        assert found.left_out
        assert found.reason.startswith("its CPU is emulated by QEMU ")
        assert found.reason.endswith("; ACCEL=xen runs it all the same")


@needs_xen
@pytest.mark.slow
def test_the_guest_runs_as_dom0(tmp_path):
    """Whatever the folder is called: QEMU takes blanks and commas in a module's path for something else."""
    platform = xen.probe(make_target())
    assert not isinstance(platform, Unusable), platform.reason
    (image,) = select(read_images(), "int3,tf_icebp,init_sipi", "kernel64")
    runner = Runner(1, Deadlines())
    runner.record._runs = tmp_path / "a folder, too"
    results = runner.run(Group(platform, "detached", image))
    seen = {result.name: result.verdict for result in results}
    assert seen == {"init_sipi": Verdict.KNOWN, "int3": Verdict.PASS, "tf_icebp": Verdict.KNOWN}
