# SPDX-License-Identifier: BSD-2-Clause
"""Knobs and options: nothing that was said is passed over in silence, or taken for what it is not."""

import json
import os
import re
import shlex
import sys
from pathlib import Path

import pytest

from harness.command_line import make_parser
from harness.knobs import KNOBS
from harness.platform import Unusable, find_platforms
from harness.settings import command_with, read_settings
from harness.system.errors import WrongQuestion
from harness.system.places import PAGE, calling, shown
from harness.tests.aim import make_settings, make_target
from harness.tests.faults import fault
from harness.tests.report.kept import keep, verdict
from harness.verbs.bugs import bugs
from harness.verbs.common import find_bug, must_differ
from harness.verbs.lab import manage_lab
from harness.verbs.report import report_runs
from harness.verbs.run import _again, _described, run
from harness.verbs.symbolize import symbolize

NO_NUMBERS = (
    "",
    " ",
    " 2",
    "2 ",
    "1_0",
    "+2",
    "-2",
    "٣",
    "２",
    "²",
    "0x2",
    "1e1",
    "2.",
    "0",
    "1000",
    "9" * 5000,
    "None",
)
NO_MULTIPLIERS = (
    "",
    " ",
    "1_0",
    "+1",
    "-1",
    "٣",
    "1,5",
    "0x1",
    "0",
    "0.001",
    "1000",
    "1e1",
    "1e999",
    "nan",
    "inf",
    "1.5.1",
)


@pytest.mark.parametrize(
    "knob, text",
    [
        *(("cpus", text) for text in NO_NUMBERS),
        *(("jobs", text) for text in NO_NUMBERS),
        *(("keep", text) for text in NO_NUMBERS),
        *(("timeout_multiplier", text) for text in NO_MULTIPLIERS),
    ],
)
def test_what_is_no_number_is_refused(knob, text):
    words = f"{knob.upper()}={text[:40]}"
    with pytest.raises(
        WrongQuestion, match=f"^{re.escape(words)}.*: expected a number from [0-9.]+ to 999(, or all)?$"
    ):
        make_settings(**{knob: text})


def test_what_is_a_number_is_taken():
    settings = make_settings(cpus="4", jobs="016", timeout_multiplier="0.5")
    assert (settings.target.hardware.cpus, settings.jobs, settings.deadlines(1)) == (4, 16, 0.5)
    assert make_settings(timeout_multiplier="20").deadlines(1) == 20
    assert make_settings().jobs >= 1
    assert (make_settings().keep, make_settings(keep="7").keep, make_settings(keep="all").keep) == (20, 7, None)


@pytest.mark.parametrize(
    "knobs, words",
    [
        ({"kernel": "/etc/passwd"}, "KERNEL=/etc/passwd: takes HOST=amd or HOST=intel"),
        ({"modules": "/lib"}, "MODULES=/lib: takes KERNEL="),
        ({"modules": "/lib", "host": "amd:6.12"}, "MODULES=/lib: takes KERNEL="),
        ({"accel": "tcg,tcg"}, "ACCEL=tcg,tcg: names tcg twice"),
        ({"host": "local,local"}, "HOST=local,local: names local twice"),
        ({"platform": "a.toml,a.toml"}, "PLATFORM=a.toml,a.toml: names a.toml twice"),
        ({"debugger": "step,left,step"}, "DEBUGGER=step,left,step: names step twice"),
        ({"debugger": ""}, "DEBUGGER=: there is no such mode"),
        ({"debugger": "all,step"}, "DEBUGGER=all: stands alone"),
        ({"accel": "all,tcg"}, "ACCEL=all: stands alone"),
        ({"accel": "tcg,references"}, "ACCEL=references: stands alone"),
        ({"qemu": "/nonexistent"}, "QEMU=/nonexistent: there is no such program"),
        ({"bochs": "/nonexistent"}, "BOCHS=/nonexistent: there is no such program"),
        ({"machine": "nosuch"}, "MACHINE=nosuch: choose from"),
        ({"firmware": "nosuch"}, "FIRMWARE=nosuch: choose from"),
        ({"table": ""}, "TABLE=: choose from"),
    ],
    ids=str,
)
def test_what_has_no_effect_or_no_meaning_is_refused(knobs, words):
    with pytest.raises(WrongQuestion, match=f"^{re.escape(words)}"):
        make_settings(**knobs)


GIVEN = "FILE"  # what is there


@pytest.fixture
def programs(tmp_path) -> dict[str, str]:
    """What passes for each hypervisor until it is asked."""
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "libv86.mjs").touch()
    return dict.fromkeys(("qemu", "bochs", "xen"), sys.executable) | {"v86": str(tmp_path)}


@fault("file", "{knobs}", "exit status 2: {words}")
@pytest.mark.parametrize(
    "knobs, words",
    [
        ({"accel": "tcg", "xen": GIVEN}, "only ACCEL=xen has it"),
        ({"accel": "tcg,kvm", "xen_args": "hap=0"}, "only ACCEL=xen has it"),
        ({"accel": "tcg", "v86": GIVEN}, "only ACCEL=v86 has it"),
        ({"accel": "kvm", "host": "local,amd:6.12", "bochs": GIVEN}, "only ACCEL=bochs, kvm with HOST=intel has it"),
        ({"accel": "bochs,v86", "qemu": GIVEN}, "only ACCEL=tcg, kvm, whpx, hvf, mshv, nvmm, xen has it"),
        ({"accel": "bochs", "engine": "icount"}, "only ACCEL=tcg has it"),
        ({"accel": "xen", "machine": "q35"}, "only ACCEL=tcg, kvm, whpx, hvf, mshv, nvmm has it"),
        ({"accel": "v86", "cpu": "max"}, "only ACCEL=tcg, kvm, whpx, hvf, mshv, nvmm, bochs, xen has it"),
        ({"platform": "mine.toml", "qemu": GIVEN}, "only ACCEL=tcg, kvm, whpx, hvf, mshv, nvmm, xen has it"),
        ({"platform": "mine.toml", "engine": "icount"}, "only ACCEL=tcg has it"),
    ],
)
def test_a_knob_of_a_hypervisor_that_is_not_asked_for_is_refused(programs, knobs, words):
    given = {name: programs[name] if text == GIVEN else text for name, text in knobs.items()}
    knob, value = list(given.items())[-1]
    with pytest.raises(WrongQuestion, match=f"^{knob.upper()}={re.escape(value)}: {re.escape(words)}$"):
        make_settings(**given)


@pytest.mark.parametrize(
    "knobs",
    [
        *({"accel": accel} for accel in ("", "all", "references", "tcg,bochs,v86,xen")),
        {"platform": "mine.toml", "accel": "all"},
    ],
    ids=str,
)
def test_one_of_a_hypervisor_that_may_be_asked_for_is_not(programs, knobs):
    make_settings(**knobs, **programs, engine="icount", xen_args="hap=0", cpu="max")


def test_bochs_is_for_an_emulated_intel_host_too(programs):
    make_settings(accel="kvm", host="local,intel:6.12", bochs=programs["bochs"])


def test_each_is_for_the_tests_whatever_runs_the_cases(programs):
    options = make_parser().parse_args(["run", "--accel=tcg", f"--bochs={programs['bochs']}"])
    assert read_settings(options, for_tests=True).target.bochs == programs["bochs"]


def test_blanks_around_the_commas_of_a_list_count_for_nothing():
    lists = {"accel": "tcg, kvm", "engine": "default ,icount", "platform": " a b.toml , b.toml", "host": "local,amd "}
    lists |= {"case": "int3 , tf_*@*64", "mode": "kernel64,\tuser64", "debugger": "step, left"}
    settings = make_settings(**lists)
    target = settings.target
    assert (target.accel, target.engine, target.platform) == ("tcg,kvm", "default,icount", "a b.toml,b.toml")
    assert (target.host, settings.case, settings.mode) == ("local,amd", "int3,tf_*@*64", "kernel64,user64")
    assert settings.debugger == "step,left"
    assert settings.given["accel"] == "tcg,kvm"
    with pytest.raises(WrongQuestion, match="^ACCEL=tcg,tcg: names tcg twice"):
        make_settings(accel="tcg, tcg")


@pytest.mark.parametrize(
    "there, system, words",
    [
        (["Makefile"], "posix", ("make list", "make run CASE='a b'")),
        (["Makefile", "sbom.spdx.json"], "posix", ("sh run.sh list", "sh run.sh run --case 'a b'")),
        (["Makefile", "sbom.spdx.json"], "nt", ("run.cmd list", "run.cmd run --case 'a b'")),
        ([], "posix", ("python3 -m harness list", "python3 -m harness run --case 'a b'")),
    ],
    ids=["checkout", "archive", "archive on Windows", "neither"],
)
def test_a_command_that_is_named_works_where_it_is_named(monkeypatch, tmp_path, there, system, words):
    """An archive has the Makefile too, and maybe no compiler."""
    for name in there:
        (tmp_path / name).touch()
    settings = make_settings()
    monkeypatch.setattr("harness.system.places.ROOT", tmp_path)
    monkeypatch.setattr("harness.system.places.os.name", system)
    said = calling("list"), command_with(settings, {"case": "a b"})
    monkeypatch.undo()
    assert said == words


@pytest.mark.parametrize(
    "knobs, names, words",
    [
        ({"platform": "a b.toml"}, ["tcg"], "PLATFORM='a b.toml'"),
        ({"platform": "mine.toml,a b.toml", "accel": "tcg"}, ["mine", "tcg 2", "tcg"], "PLATFORM=mine.toml"),
        ({"platform": "a b.toml,mine.toml", "accel": "tcg"}, ["tcg 2", "mine", "tcg"], "PLATFORM='a b.toml'"),
        ({"xen_args": "hap=0", "cpu": "max"}, ["xen", "tcg"], "ACCEL=xen XEN_ARGS=hap=0 CPU=max"),
        ({"xen_args": "hap=0", "cpu": "max"}, ["v86", "xen"], "ACCEL=v86"),
        ({"accel": "tcg,kvm", "engine": "icount"}, ["tcg+icount", "kvm"], "ACCEL=tcg ENGINE=icount"),
        ({"accel": "tcg,kvm", "engine": "icount"}, ["kvm", "tcg+icount"], "ACCEL=kvm"),
        ({"accel": "kvm", "host": "amd", "kernel": "k"}, ["kvm@amd:6.1"], "ACCEL=kvm HOST=amd KERNEL=k"),
        ({"accel": "tcg,kvm", "host": "local,amd", "kernel": "k"}, ["tcg", "kvm", "kvm@amd:6.1"], "ACCEL=tcg"),
        ({"host": "intel:6.1", "bochs": "python3"}, ["kvm@intel:6.1"], "ACCEL=kvm HOST=intel:6.1 BOCHS=python3"),
        ({"host": "local,intel:6.1", "bochs": "python3"}, ["kvm", "kvm@intel:6.1"], "ACCEL=kvm"),
    ],
    ids=str,
)
def test_the_command_that_asks_again_asks_one_platform_alone(knobs, names, words):
    """Whatever name a file gives its own, and whatever else was asked for; of these, the first."""
    settings = make_settings(**knobs)
    described = _described(settings, [Unusable(name=name, reason="") for name in names])
    command = _again(settings, described, names[0], "int3@kernel64", "step")
    asked = f"{calling('run')} {words} CASE=int3@kernel64 DEBUGGER=step"
    assert sorted(shlex.split(command)) == sorted(shlex.split(asked))


def test_so_do_those_around_the_platforms_that_a_report_expects(tmp_path):
    keep(tmp_path / "run", [verdict()])
    report_runs([str(tmp_path)], "bochs, v86", "", "", str(tmp_path / "summary"), "", False, "")
    assert list(json.loads((tmp_path / "summary").read_text())["platforms"]) == ["tcg", "bochs", "v86"]


@pytest.mark.parametrize(
    "knobs, words",
    [
        ({"accel": "tcg", "host": "local,amd:6.12"}, "HOST=amd:6.12 ACCEL=tcg: an emulated host has KVM alone"),
        ({"accel": "tcg", "host": "local,vax"}, "HOST=vax ACCEL=tcg: an emulated host has KVM alone"),
        ({"accel": "tcg", "host": ""}, "HOST= ACCEL=tcg: an emulated host has KVM alone"),
    ],
    ids=str,
)
def test_a_host_on_which_nothing_runs_is_refused(knobs, words):
    with pytest.raises(WrongQuestion, match=f"^{re.escape(words)}"):
        find_platforms(make_target(**knobs), "")


@pytest.mark.parametrize("name", ["hvf", "mshv"])
def test_two_platforms_of_one_name_are_refused(tmp_path, name):
    """Their results would be one another's."""
    path = tmp_path / "mine.toml"
    path.write_text(f"name = '{name}'\ncommand = ['nosuch', '{{image}}']\n")
    with pytest.raises(WrongQuestion, match=f"^PLATFORM=.*mine.toml and ACCEL={name}: two platforms called {name}"):
        find_platforms(make_target(platform=str(path), accel=name), "")


# What each verb takes no notice of.
UNUSED = {
    "gdb": {name for name, *_ in KNOBS},
    "dist": {name for name, *_ in KNOBS} - {"timeout-multiplier"},
    "iso": {name for name, *_ in KNOBS} - {"case", "mode", "timeout-multiplier"},
    "list": {"debugger", "table", "json", "jobs", "keep"},
    "bench": {"table", "json"},
    "bless": {"debugger", "table", "json"},
    "repro": {"table"},
    "bugs": {"table"},
    "run": set(),
}


@pytest.mark.parametrize("verb, knob", [(verb, knob) for verb, unused in UNUSED.items() for knob in sorted(unused)])
def test_a_verb_refuses_a_knob_that_it_does_not_use(capsys, verb, knob):
    with pytest.raises(SystemExit) as ended:
        make_parser().parse_args([verb, *(["x"] if verb in ("bless", "repro") else []), f"--{knob}=1"])
    assert ended.value.code == 2 and f"unrecognized arguments: --{knob}=1" in capsys.readouterr().err


@pytest.mark.parametrize("verb", sorted(set(UNUSED) - {"gdb"}))
def test_the_rest_has_its_default(verb):
    options = make_parser().parse_args([verb, *(["int3"] if verb in ("bless", "repro") else [])])
    settings = read_settings(options)
    assert (settings.debugger, settings.table) == ("detached" if verb == "bless" else "all", "short")


@pytest.mark.parametrize("text", ["1_0", "٣", " 1", "0b1", "0o7", "--1", "0x", "x", "", "1" * 30, "0x1" + "0" * 16])
def test_an_offset_is_a_number_of_64_bits(tmp_path, text):
    with pytest.raises(WrongQuestion, match=r"^--offset .*: expected a number, as 0x100000"):
        symbolize(tmp_path / "log", tmp_path / "elf", text)


LONG = "x" * 5000


@pytest.mark.parametrize(
    "ask, words",
    [
        (lambda: find_bug(LONG), "BUG=x"),
        (lambda: report_runs([LONG], "", "", "", "", "", False, ""), "there is no such directory"),
        (
            lambda: report_runs(["."], "", "page", "./page", "", "", False, ""),
            "--html page and --markdown ./page: are one file",
        ),
        (lambda: manage_lab("list", ["linux-6.1"]), "lab list: takes no name"),
    ],
)
def test_other_options_are_looked_at_too(ask, words):
    with pytest.raises(WrongQuestion, match=words):
        ask()


@fault("file", "one file for both: {one}x {other}x", "exit status 2: are one file: name two")
@pytest.mark.parametrize(
    "ask, one, other",
    [
        (lambda one, other: run(make_settings(json=one), summary=other), "JSON=", "SUMMARY="),
        (lambda one, other: run(make_settings(json=one), tap=other), "JSON=", "TAP="),
        (lambda one, other: run(make_settings(), summary=one, tap=other), "SUMMARY=", "TAP="),
        (lambda one, other: run(make_settings(), baseline=one, tap=other), "BASELINE=", "TAP="),
        (lambda one, other: run(make_settings(), tap=one, public=other), "TAP=", "PUBLIC="),
        (lambda one, other: report_runs(["."], "", "", "", one, "", False, other), "--summary ", "--public "),
        (lambda one, other: report_runs(["."], "", "", "", "", one, False, "", other), "--tap ", "--baseline "),
    ],
)
@pytest.mark.parametrize("second", ["x", "./x", "a link to x"])
def test_two_outputs_in_one_file_are_refused_before_anything_is_written(
    tmp_path, monkeypatch, capsys, ask, one, other, second
):
    monkeypatch.chdir(tmp_path)
    Path("a link to x").symlink_to("x")
    with pytest.raises(WrongQuestion, match=f"^{one}x and {other}{re.escape(second)}: are one file: name two$"):
        ask("x", second)
    assert not Path("x").exists() and capsys.readouterr().out == ""


@pytest.mark.parametrize("ask", [run, lambda settings: bugs(settings, [])])
def test_nor_may_an_output_be_where_the_page_goes(ask):
    with pytest.raises(WrongQuestion, match=f"^JSON={PAGE} and the page {shown(PAGE)}: are one file: name two$"):
        ask(make_settings(json=str(PAGE)))


@pytest.mark.skipif(os.name != "posix", reason="there are no such files here")
def test_a_pipe_or_a_device_takes_two_outputs(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (os.devnull, str(tmp_path / "pipe")):
        must_differ({"JSON=": path, "SUMMARY=": path})
    must_differ({"JSON=": "", "SUMMARY=": ""})


def test_modules_with_a_long_name_are_no_directory():
    with pytest.raises(WrongQuestion, match=r"MODULES=x+ \.\.\. x+: there is no such directory"):
        find_platforms(make_target(accel="kvm", host="amd", kernel="/etc/passwd", modules=LONG), "")
