# SPDX-License-Identifier: BSD-2-Clause
"""A known bug looked for on demand: git bisect's exit codes, and a bundle that works on another machine."""

import getpass
import json
import os
import re
import socket
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from harness.hunt.look import Presence
from harness.platform import Platform, Unusable, find_platforms
from harness.runs.private_words import is_telling
from harness.settings import Settings
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT
from harness.tests.aim import make_settings, make_target
from harness.tests.command import harness, left_behind
from harness.tests.faults import fault
from harness.verbs import repro as verb
from harness.verbs.common import find_bug
from harness.verbs.repro import STATUS
from harness.vm.backtrace import of_dead_thread

pytestmark = pytest.mark.slow


@pytest.fixture
def tcg(settings: Settings) -> Platform:
    (platform,) = find_platforms(settings.target, "tcg")
    if isinstance(platform, Unusable):
        pytest.skip(platform.reason)
    return platform


@pytest.mark.parametrize("model, presence", [("Haswell", Presence.PRESENT), ("EPYC", Presence.ABSENT)])
def test_the_exit_status_and_json_say_whether_a_bug_is_there(private, tcg, settings, tmp_path, model, presence):
    """What is looked for depends on the CPU model, not on the QEMU: Intel's CPUs have no SVM."""
    file = tmp_path / "answer.json"
    options = ["--cpu", model, "--qemu", settings.target.qemu, "--mode", "kernel64", "--json", str(file)]
    done = harness(private, "repro", "no-svm", "--accel", "tcg", *options)
    assert done.returncode == STATUS[presence], done.stdout + done.stderr
    assert done.stdout.startswith(f"no-svm is {presence.value} on tcg (QEMU ")
    (answer,) = json.loads(file.read_text())
    assert answer["presence"] == presence.value
    assert answer["results"] and all((ROOT / result["run"]).is_dir() for result in answer["results"])
    assert left_behind(private) == []


def repro_of_tcg(private, settings: Settings, name: str, *options: str) -> subprocess.CompletedProcess:
    """A run of repro that sees the bug; skips where this QEMU does not have it, which test_cases.py judges."""
    done = harness(private, "repro", name, "--accel", "tcg", "--qemu", settings.target.qemu, *options)
    if done.returncode == STATUS[Presence.ABSENT]:
        pytest.skip(done.stdout.splitlines()[0])
    assert done.returncode == STATUS[Presence.PRESENT], done.stdout + done.stderr
    return done


@fault("hypervisor", "`repro` on a CPU model that there is not", "exit status 125, at which git bisect skips", 120)
def test_what_cannot_be_told(private):
    """125, at which git bisect skips: a platform that cannot be used with this QEMU."""
    done = harness(private, "repro", "tcg-int1-ud", "--accel", "tcg", "--cpu", "nosuch")
    assert done.returncode == 125 and "tcg-int1-ud cannot be told on tcg: with -cpu nosuch: " in done.stdout


@pytest.mark.parametrize(
    "arguments, words",
    [(["nosuch"], "trapline: BUG=nosuch: there is no bugs/nosuch.toml: "), (["tcg-gd", "--nosuch"], "usage: ")],
)
def test_a_wrong_question_stops_git_bisect(private, arguments, words):
    """It would take 2 for "bad", and so anything below 128."""
    done = harness(private, "repro", *arguments)
    assert done.returncode == 128 and done.stderr.startswith(words)
    assert done.stdout == "" and (words == "usage: " or done.stderr.count("\n") == 1)


@pytest.mark.parametrize(
    "name, knobs, words",
    [
        ("../bugs/tcg-gd", {}, "BUG=../bugs/tcg-gd: there is no "),
        ("", {}, "BUG=: there is no bugs/NAME.toml: "),
        ("tcg-gd", {"qemu": "/nonexistent"}, "QEMU=/nonexistent: there is no such program"),
        ("kvm-iobreak", {"accel": "tcg"}, "BUG=kvm-iobreak: nothing asked for shows it on tcg: 'python3 "),
        ("tcg-gd", {"accel": "tcg", "case": "int3"}, "BUG=tcg-gd: nothing asked for shows it on tcg: "),
        ("tcg-gd", {"case": "int3"}, "BUG=tcg-gd: nothing asked for shows it on tcg: "),
    ],
)
def test_wrong_questions(name, knobs, words):
    with pytest.raises(WrongQuestion) as error:
        verb.repro(make_settings(**knobs), name)
    assert str(error.value).startswith(words) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "name, model",
    [("tcg-mov-ss-ibreak", "Haswell"), ("tcg-rep-rf-amd", ""), ("bochs-amd-mov-ss", "ryzen"), ("bochs-rep-rf", "")],
)
def test_a_bug_of_one_vendors_cpus_is_looked_for_on_such_a_cpu(name, model):
    """ "" stands for the model that the platform has by itself."""
    (target,) = verb._targets(find_bug(name), make_target())
    assert target.hardware.cpu == model


@pytest.mark.parametrize("knobs", [{"accel": "kvm"}, {"accel": "all"}, {}], ids=str)
def test_what_this_machine_lacks_no_commit_changes(monkeypatch, knobs):
    nothing = Unusable(name="kvm", reason="there is no /dev/kvm", lacking=True, asked=knobs.get("accel") != "all")
    monkeypatch.setattr(verb, "find_platforms", lambda target, default: [nothing])
    monkeypatch.setattr(verb.cache, "items", lambda: [])
    with pytest.raises(WrongQuestion, match="^BUG=kvm-iobreak: kvm cannot be had: there is no /dev/kvm: "):
        verb.repro(make_settings(**knobs), "kvm-iobreak")


def test_what_all_there_is_has_beside_the_bug_does_not_count(monkeypatch, tcg, settings, capsys):
    """Of ACCEL=all, a platform that has no part in the bug is not asked, and a build that has no KVM is skipped."""
    lacks = Unusable(name="kvm", reason="there is no /dev/kvm", lacking=True, asked=False)
    broken = Unusable(name="kvm", reason="this QEMU is built without it", asked=False)
    tcg.asked = False
    for platforms, bug, presence in (
        ([tcg, lacks], "no-svm", Presence.ABSENT),
        ([tcg, broken], "kvm-iobreak", Presence.UNKNOWN),
    ):
        monkeypatch.setattr(verb, "find_platforms", lambda target, default, found=platforms: found)
        assert verb.repro(replace(settings, mode="kernel64", target=make_target(accel="all")), bug) == STATUS[presence]
        assert len([line for line in capsys.readouterr().out.splitlines() if line.startswith(bug)]) == 1


def unpacked(done: subprocess.CompletedProcess, target: Path) -> Path:
    """The directory that comes out of the bundle of a run of repro."""
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("bundle: ")]
    with tarfile.open(line.removeprefix("bundle: ")) as archive:
        assert {(entry.uname, entry.gname, entry.uid) for entry in archive} == {("", "", 0)}
        archive.extractall(target)
    (directory,) = target.iterdir()
    return directory


def private_words() -> list[str]:
    names = [name for name in (socket.gethostname(), getpass.getuser()) if is_telling(name)]
    return [str(ROOT), str(Path.home()), *names]


@pytest.mark.parametrize("name, model", [("no-svm", "Haswell"), ("tcg-break-adjacent", "max")])
def test_a_bundle_boots_the_same_elsewhere(private, tcg, settings, tmp_path, name, model):
    """With the logs of both observers, the image, the source, and nothing that tells whose it is."""
    done = repro_of_tcg(private, settings, name, "--cpu", model, "--mode", "kernel64")
    directory = unpacked(done, tmp_path / "el se")
    cases = list((directory / "cases").glob("*/*.c"))
    assert cases and all(path.with_suffix(".log").exists() for path in cases)
    (source,) = re.findall(r"^The case \S+ \((\S+)\)", (directory / "report-qemu.md").read_text(), re.MULTILINE)
    assert directory / source in cases
    for path in directory.rglob("*"):
        if path.is_file() and path.suffix not in (".elf", ".c"):
            found = [word for word in private_words() if word in path.read_text()]
            assert not found, path
    report = (directory / "report-qemu.md").read_text()
    assert find_bug(name).title in report and tcg.versions["qemu"] in report and "$" not in report
    environment = {"PATH": os.environ["PATH"], "QEMU": tcg.program}
    again = subprocess.run(
        [directory / "vm" / "command"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd="/",
        env=environment,
        check=False,
    )
    blocks = (directory / "vm" / "serial.log").read_text()
    assert "begin " in blocks and all(line in again.stdout for line in blocks.splitlines())


@pytest.mark.parametrize("accel, name, report", [("xen", "xen-svm-tf-bs", "xen.txt"), ("v86", "v86-icebp", "v86.md")])
def test_a_bundle_of_what_is_no_qemu_boots_the_same_elsewhere(private, tmp_path, accel, name, report):
    """What another machine has elsewhere, it is told of by the variables that the report names."""
    (platform,) = find_platforms(make_target(accel=accel), "")
    if isinstance(platform, Unusable):
        pytest.skip(platform.reason)
    done = harness(private, "repro", name, "--accel", accel, "--mode", "kernel32", "--case", "tf_icebp,break_icebp")
    directory = unpacked(done, tmp_path / "el se")
    text = (directory / f"report-{report}").read_text()
    assert find_bug(name).title in text and platform.versions[accel] in text and "$" not in text
    command = (directory / "vm" / "command").read_text()
    assert not [word for word in private_words() if word in command]
    alone = subprocess.run([directory / "vm" / "command"], capture_output=True, text=True, timeout=60, check=False)
    assert alone.returncode != 0 and "=path: the report is of " in alone.stderr
    seen = (directory / "vm" / "serial.log").read_text()
    again = subprocess.run(
        [directory / "vm" / "command"],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=os.environ | platform.elsewhere,
        check=False,
    )
    assert "begin " in seen and all(line in again.stdout for line in seen.splitlines()), again.stderr


def test_a_hypervisor_that_dies_leaves_its_call_chain(private, tcg, settings, tmp_path):
    if Path("/proc/sys/kernel/core_pattern").read_text().strip() != "core":
        pytest.skip("this system does not write cores to where a program runs")
    done = repro_of_tcg(private, settings, "tcg-vm86-ibreak", "--case", "ibreak@vm86")
    directory = unpacked(done, tmp_path / "bundle")
    text = (directory / "vm" / "backtrace.txt").read_text()
    assert "signal SIGSEGV" in text and of_dead_thread(text).startswith("#0 ")
    assert of_dead_thread(text) in (directory / "report-qemu.md").read_text().replace("    #", "#")
    assert left_behind(private) == []


def test_a_program_that_dies_says_how_it_came_there(private, bochs, tmp_path):
    """XMHF's death: the dump, and below it the calls down to the RDMSR that the compiler has put into its caller."""
    options = ["--accel", "bochs", "--cpu", "corei5_arrandale_m520", "--mode", "kernel32"]
    done = harness(private, "repro", "xmhf-2540p", *options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "xmhf_rdmsr@kernel32 detached: it dies of #GP cpu=0 rip=elsewhere" in done.stdout
    assert "panic cpu=0 vector=13 name=#GP error=0000" in done.stdout
    place = (
        r"rdmsr64  cases/msr/xmhf_rdmsr\.c:\d+  inlined\n +save_vmx_msrs\+0x[0-9a-f]+  cases/msr/xmhf_rdmsr\.c:\d+\n"
    )
    assert re.search(place, done.stdout)
    directory = unpacked(done, tmp_path)
    assert (directory / "vm" / "dump.txt").read_text() in done.stdout
    assert "rdmsr64" in (directory / "report-bochs.md").read_text()


def test_the_frames_of_the_thread_that_died_stand_alone():
    text = (
        "#0  0x1 in ?? ()\n[Current thread is 1]\n#0  0x1 in ?? ()\n#1  0x2 in f ()\n\nAll threads:\n#0  0x9 in g ()\n"
    )
    assert of_dead_thread(text) == "#0  0x1 in ?? ()\n#1  0x2 in f ()"
