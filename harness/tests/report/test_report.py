# SPDX-License-Identifier: BSD-2-Clause
"""Runs merged: the columns that they make, what counts, and which are refused."""

import errno
import itertools
import json
import os
import subprocess
import sys

import pytest

from harness.catalogue.image import read_images
from harness.judging.result import GRAVITY, Judgement, Named, Result, Verdict
from harness.platform import find_platforms
from harness.runs import read
from harness.runs.merge import merge
from harness.runs.record import Record
from harness.runs.runner import Group, Runner
from harness.system.errors import WrongQuestion
from harness.system.places import BUILD, ROOT
from harness.tests.aim import aimed
from harness.tests.command import harness, status_of
from harness.tests.faults import fault
from harness.tests.report.kept import keep, verdict
from harness.tests.table import row


def cells(results: list[Result]) -> dict:
    return {(result.platform, result.debugger, result.case): result.verdict.value for result in results}


def test_runs_of_one_platform_share_its_column(tmp_path):
    keep(tmp_path / "a" / "vm", [verdict()], qemu="10.0.2", host={"cpu": "one", "system": "Linux"})
    keep(tmp_path / "b" / "vm", [verdict("icebp@real16")], qemu="10.0.2", host={"cpu": "other", "system": "Linux"})
    lines, results = merge(read.read([tmp_path / "a", tmp_path / "b"]))
    assert set(cells(results)) == {("tcg", "detached", "int3@kernel64"), ("tcg", "detached", "icebp@real16")}
    assert len(lines) == 2


def test_platforms_of_one_name_are_told_apart_by_what_differs(tmp_path):
    keep(tmp_path / "a", [verdict()], qemu="10.0.2", cpu_model="max")
    keep(tmp_path / "b", [verdict()], qemu="7.2.22", cpu_model="max")
    keep(tmp_path / "c", [verdict(platform="kvm")], "kvm", qemu="7.2.22", host={"cpu": "Intel"})
    keep(tmp_path / "d", [verdict(platform="kvm")], "kvm", qemu="7.2.22", host={"cpu": "AMD"})
    keep(tmp_path / "e", [verdict(platform="xen")], "xen", xen="4.17.5", facts={"xen_args": "default"})
    keep(tmp_path / "f", [verdict(platform="xen")], "xen", xen="4.17.5", facts={"xen_args": "hap=0"})
    _, results = merge(read.read([tmp_path]))
    assert {result.platform for result in results} == {
        "xen xen_args=default",
        "xen xen_args=hap=0",
        "tcg qemu=10.0.2",
        "tcg qemu=7.2.22",
        "kvm host=Intel",
        "kvm host=AMD",
    }


def test_what_tells_platforms_apart_is_no_more_than_does(tmp_path):
    """A package follows from a version, where each version is of one package."""
    for name, version, package in (("a", "10.0.2", "1"), ("b", "7.2.22", "2"), ("c", "7.2.22", "2")):
        keep(tmp_path / name, [verdict()], qemu=version, qemu_package=package)
    _, results = merge(read.read([tmp_path]))
    assert {result.platform for result in results} == {"tcg qemu=10.0.2", "tcg qemu=7.2.22"}
    keep(tmp_path / "d", [verdict()], qemu="7.2.22", qemu_package="3")
    _, results = merge(read.read([tmp_path]))
    assert {result.platform for result in results} == {
        "tcg qemu=10.0.2 package=1",
        "tcg qemu=7.2.22 package=2",
        "tcg qemu=7.2.22 package=3",
    }


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("better, worst", itertools.pairwise(reversed(GRAVITY)), ids=lambda verdict: verdict.value)
def test_the_worst_of_several_results_counts(tmp_path, better, worst, reverse):
    for name, ending in zip("ba" if reverse else "ab", (better, worst)):
        keep(tmp_path / name, [verdict(ending=ending)])
    _, results = merge(read.read([tmp_path]))
    assert [result.verdict for result in results] == [worst]
    assert "not the same in all runs" in results[0].judgement.remarks[0]


@pytest.mark.parametrize("other", [Verdict.PASS, Verdict.HANG])
def test_what_is_to_be_told_of_each_of_several_results_is_told_once(tmp_path, other):
    """Whichever of them counts: that a VM was booted twice is told of no other."""
    for name, ending, remarks in (("a", Verdict.HANG, ("as a",)), ("b", other, ("as b", "as a"))):
        keep(tmp_path / name, [verdict(ending=ending, judged=Judgement(ending, remarks=remarks))])
    (result,) = merge(read.read([tmp_path]))[1]
    assert result.verdict is Verdict.HANG and result.judgement.remarks[:2] == ("as a", "as b")
    assert len(result.judgement.remarks) == (2 if other is Verdict.HANG else 3)


def test_two_known_bugs_in_one_place_are_not_alike(tmp_path):
    for name in "ab":
        judged = Judgement(Verdict.KNOWN, bugs=(Named(f"bug-{name}", "a title"),))
        keep(tmp_path / name, [verdict(ending=Verdict.KNOWN, judged=judged)])
    (result,) = merge(read.read([tmp_path]))[1]
    words = "not the same in all runs: known by bug-a (1), known by bug-b (1)"
    assert result.judgement.remarks == (f"int3@kernel64 detached: {words}",)


def test_a_known_bug_counts_before_a_pass(tmp_path):
    keep(tmp_path / "a", [verdict(ending=Verdict.KNOWN)])
    keep(tmp_path / "b", [verdict()])
    assert merge(read.read([tmp_path]))[1][0].verdict is Verdict.KNOWN


def test_a_folder_given_twice_counts_once(tmp_path):
    keep(tmp_path / "a", [verdict()])
    assert len(read.read([tmp_path, tmp_path / "a"])) == 1


def test_a_run_that_was_never_judged_is_red(tmp_path):
    keep(tmp_path / "a", [verdict()])
    keep(tmp_path / "b", None)
    assert Verdict.CUT in [result.verdict for result in merge(read.read([tmp_path]))[1]]


def test_a_vm_of_which_nothing_was_written_is_red_by_its_name(tmp_path):
    """As where the disk was full, or the command was killed, just when its folder had been made."""
    keep(tmp_path / "run" / "tcg-detached-guest64-1", [verdict()], qemu="10.0.2")
    (tmp_path / "run" / "kvm@amd-6.12-step-guest32-2").mkdir()
    (tmp_path / "run" / "notes").mkdir()
    lines, results = merge(read.read([tmp_path]))
    found = {("tcg", "detached", "int3@kernel64"): "pass", ("kvm@amd-6.12", "", "(the rest)"): "cut"}
    assert (len(lines), cells(results)) == (1, found)


def test_a_platform_that_is_expected_and_not_there_is_red(tmp_path):
    keep(tmp_path / "a", [verdict()], "kvm@amd:6.12")
    _, results = merge(read.read([tmp_path]), ["kvm@amd:*", "whpx"])
    assert [(result.platform, result.verdict) for result in results[1:]] == [("whpx", Verdict.CUT)]


def test_different_builds_of_an_image_are_mentioned(tmp_path):
    for name in "ab":
        keep(tmp_path / name, [verdict()], image={"name": "guest64.elf", "sha256": name})
    assert "guest64.elf: these runs are of 2 different builds of it" in merge(read.read([tmp_path]))[0]


@pytest.mark.parametrize(
    "platform, verdicts, words",
    [
        ("[]", "[]", "names no platform"),
        ('{"platform": 1}', "[]", "names no platform"),
        ("{", "[]", "is not in the form of JSON"),
        ("[" * 100_000, "[]", "is not in the form of JSON"),
        ('{"platform": "tcg"}', "{", "is not in the form of JSON"),
        ('{"platform": "tcg"}', "5", "is no list of verdicts"),
        ('{"platform": "tcg"}', '[{"case": "x"}]', "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"verdict": "fine"}]), "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"reason": 5}]), "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"seen": "x"}]), "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"seen": None}]), "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"nearest": 5}]), "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"nearest": {"bugs": "x"}}]), "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"bugs": ["x"]}]), "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"circumstances": "x"}]), "is no list of verdicts"),
        ('{"platform": "tcg"}', "{}", "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"seconds": 10**400}]), "is not in the form of JSON"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"seconds": float("inf")}]), "is not in the form of JSON"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"seconds": -1}]), "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"seconds": "1"}]), "is no list of verdicts"),
        ('{"platform": "tcg"}', json.dumps([verdict() | {"cause": {}}]), "is no list of verdicts"),
        (
            '{"platform": "tcg"}',
            json.dumps([verdict() | {"bugs": [{"name": 1, "title": 1}]}]),
            "is no list of verdicts",
        ),
    ],
)
def test_what_is_no_run_is_refused(tmp_path, platform, verdicts, words):
    folder = keep(tmp_path / "a", [])
    (folder / "platform.json").write_text(platform)
    (folder / "verdict.json").write_text(verdicts)
    with pytest.raises(WrongQuestion, match=words):
        read.read([tmp_path])


@fault(
    "file", "a run's verdict.json that has {ending} without one of the logs", "what there is is shown; exit status 1"
)
@pytest.mark.parametrize("ending", [verdict for verdict in Verdict if not verdict.green], ids=lambda each: each.value)
@pytest.mark.parametrize("lacking", ["required", "seen", "debugger_required", "debugger_seen"])
def test_a_verdict_whose_logs_are_not_all_there_is_shown(monkeypatch, capfd, tmp_path, ending, lacking):
    logs = {name: [name] for name in ("required", "seen", "debugger_required", "debugger_seen")}
    table = verdict(ending=ending) | logs
    keep(tmp_path / "a", [{key: value for key, value in table.items() if key != lacking}])
    files = [f"--{name}={tmp_path / name}" for name in ("html", "markdown", "summary", "tap")]
    assert status_of(monkeypatch, "report", str(tmp_path / "a"), *files, "--github") == 1
    shown = capfd.readouterr()
    assert not shown.err and f"int3@kernel64 on tcg detached: {ending.value}" in shown.out


@pytest.mark.skipif(os.name != "posix", reason="there are no such files here")
@pytest.mark.parametrize("name", ["platform.json", "verdict.json"])
def test_a_file_of_a_run_that_is_none_is_refused(tmp_path, name):
    path = keep(tmp_path / "a", [verdict()]) / name
    for make, words in (
        (os.mkfifo, "Is a pipe, not a file"),
        (os.mkdir, "Is a directory, not a file"),
        (lambda path: os.symlink("/dev/zero", path), "Is a device, not a file"),
        (lambda path: os.symlink(path.name, path), "Too many levels of symbolic links"),
    ):
        path.rmdir() if path.is_dir() else path.unlink()
        make(path)
        with pytest.raises(WrongQuestion, match=f"{name}: {words}"):
            read.read([tmp_path])


@pytest.mark.skipif(os.name != "posix", reason="there are no pipes in folders here")
def test_the_output_in_a_folder_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "stderr.log")
    with pytest.raises(WrongQuestion, match="stderr.log: Is a pipe, not a file"):
        read.output(tmp_path)


def test_a_folder_that_cannot_be_looked_into_is_not_passed_over(tmp_path):
    keep(tmp_path / "a", [verdict()])

    def refuse(place, onerror):
        yield str(tmp_path / "a"), [], ["platform.json"]
        onerror(PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path / "b")))

    with pytest.MonkeyPatch.context() as patch, pytest.raises(WrongQuestion, match="b: Permission denied"):
        patch.setattr(os, "walk", refuse)
        read.read([tmp_path])


def test_a_place_without_a_run_is_refused(tmp_path):
    with pytest.raises(WrongQuestion, match="holds no run"):
        read.read([tmp_path])
    with pytest.raises(WrongQuestion, match="there is no such directory"):
        read.read([tmp_path / "a"])


@pytest.mark.slow
def test_the_verb_by_a_real_run(private, tmp_path):
    """What a run shows, its report shows: also of a platform that could not be had."""
    command = [sys.executable, "-m", "harness", "run", "--accel", "tcg", "--case", "int3@kernel64"]
    folders = []
    for more in (["--debugger", "detached,attached"], ["--debugger", "detached", "--cpu", "nosuch"]):
        old = set((BUILD / "runs").iterdir())
        run = subprocess.Popen([*command, *more], cwd=ROOT, env=private, stdout=subprocess.DEVNULL)
        assert run.wait(120) == (1 if "nosuch" in more else 0)
        folders += [str(path) for path in (BUILD / "runs").glob(f"*-{run.pid}") if path not in old]
    files = [word for name in ("html", "markdown", "summary") for word in (f"--{name}", str(tmp_path / f"r.{name}"))]
    done = harness(private, "report", folders[0], *files, "--public", str(tmp_path / "public"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"to send: {tmp_path / 'public'}: " in done.stdout
    copies = [path for path in (tmp_path / "public").rglob("*") if path.is_file()]
    assert {"gdb.log", "guest64.elf", "command"} < {path.name for path in copies}
    assert not [path for path in copies if str(ROOT).encode() in path.read_bytes()]
    assert "pass" in row(done.stdout, "int3@kernel64")
    assert "all green" in (tmp_path / "r.markdown").read_text()
    done = harness(private, "report", *folders, *files, "--github")
    assert done.returncode == 1
    assert "\n::error title=int3@kernel64 on tcg::int3@kernel64 on tcg detached: unusable: with -cpu" in done.stdout
    assert '{"green": false, ' in (tmp_path / "r.summary").read_text()
    assert "int3@kernel64 on tcg detached: unusable: with -cpu nosuch: QEMU exited" in done.stdout
    assert "## Trapline: 1 of " in (tmp_path / "r.markdown").read_text()
    assert "unusable" in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize("before, status", [(Verdict.HANG, 0), (Verdict.PASS, 1)])
def test_a_baseline_decides_of_a_report_too(private, tmp_path, before, status):
    (tmp_path / "baseline.json").write_text(json.dumps([verdict(ending=before)]))
    keep(tmp_path / "runs" / "a", [verdict(ending=Verdict.CRASH)])
    files = ["--baseline", str(tmp_path / "baseline.json"), "--html", str(tmp_path / "page.html")]
    done = harness(private, "report", str(tmp_path / "runs"), "--github", *files)
    assert (done.returncode, done.stderr) == (status, "")
    assert done.stdout.count("\n::error title=int3@kernel64 on tcg::worse: int3@kernel64 ") == status
    assert f"against {tmp_path / 'baseline.json'}: {'1 worse' if status else 'nothing worse, 1 changed'}" in done.stdout
    assert "baseline.json" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize("option", ["--html", "--markdown", "--summary", "--tap"])
def test_a_file_that_cannot_be_written(monkeypatch, capfd, tmp_path, option):
    keep(tmp_path / "a", [verdict()])
    arguments = ["report", str(tmp_path), "--html", str(tmp_path / "x"), option, "/proc/nonexistent/file"]
    assert status_of(monkeypatch, *arguments) == 2
    said = capfd.readouterr()
    assert said.out == "" and said.err.startswith("trapline: /proc/nonexistent/file: cannot be written: ")


@pytest.mark.slow
def test_what_the_cpu_beneath_fails_is_not_the_platforms(settings, monkeypatch):
    """And so it is in what the run leaves: INT3, for which something else is required than any CPU does."""
    (platform,) = find_platforms(aimed(settings.target, accel="tcg"), "")
    (cpu,) = find_platforms(aimed(settings.target, accel="tcg"), "")
    platform.name = "kvm@amd"
    monkeypatch.setattr(platform, "beneath", lambda: cpu)
    runner = Runner(settings.jobs, settings.deadlines)
    monkeypatch.setattr(runner._required, "lines", lambda case, *_: ["something else"])
    image = read_images()[1].narrowed(lambda case: case.startswith("int3@"))
    results = runner.run(Group(platform, "detached", image))
    words = f"the emulated CPU itself, {cpu.description}, fails it (differs); here differs: "
    for result in [*results, *read.read([results[0].run])[0].results]:
        assert result.verdict is Verdict.UNUSABLE and result.reason.startswith(words)
    monkeypatch.setattr(platform, "beneath", lambda: None)
    monkeypatch.setattr(runner, "_beneath", {})
    assert {result.verdict for result in runner.run(Group(platform, "detached", image))} == {Verdict.DIFFERS}


def test_a_folder_has_a_name_that_every_system_takes(tmp_path):
    """Windows takes no colon, nor does what GitHub's jobs upload."""
    assert Record(tmp_path).vm_folder("kvm@amd:6.12", "detached", "guest64").name == "kvm@amd-6.12-detached-guest64-1"
