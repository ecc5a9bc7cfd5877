# SPDX-License-Identifier: BSD-2-Clause
"""The harness without POSIX, against this system's real QEMU and gdb; see harness/tests/checkout/as_windows.py."""

import json
import os
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from harness.debugger.gdb import find_gdb
from harness.judging.result import Verdict
from harness.platform import find_platforms
from harness.platform.qemu import find_qemu
from harness.system import process
from harness.system.limits import Deadlines
from harness.system.places import ROOT
from harness.tests.aim import make_target
from harness.tests.checkout.as_windows import TOUCHED, UNSWITCHED
from harness.tests.command import harness, left_behind, without_progress
from harness.tests.vm.test_vm import BEGUN
from harness.vm.qemu import VM
from harness.vm.script import cmd_default_of, cmd_words, write_cmd

pytestmark = pytest.mark.slow

ONE_RUN = pytest.mark.xdist_group("windows")  # what needs the fixture `results` is in one worker, which makes it once

CASES = "int3@kernel64,icebp@kernel64,stepi_interrupt@kernel64,watch_tf@kernel64"


def as_windows(private, *arguments, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "harness.tests.checkout.as_windows", *arguments]
    return subprocess.run(command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=300, **options)


@pytest.fixture(scope="session")
def results(tmp_path_factory) -> list[dict]:
    """What a run of some cases in all debugger modes gives."""
    path = tmp_path_factory.mktemp("windows") / "a folder é" / "results.json"
    path.parent.mkdir()
    done = as_windows(dict(os.environ), "run", "--accel", "tcg", "--case", CASES, "--json", str(path))
    assert (done.returncode, without_progress(done.stderr)) == (0, "")
    return json.loads(path.read_text(encoding="utf-8"))


@ONE_RUN
@pytest.mark.skipif(find_gdb() is None, reason="gdb is not on the PATH")
def test_the_catalogue_runs_in_all_debugger_modes(results):
    assert {result["debugger"] for result in results} >= {"detached", "attached", "step", "left", "cut", "script"}
    assert {result["verdict"] for result in results} <= {"pass", "known"}
    assert {f"{result['case']}@{result['mode']}" for result in results} == set(CASES.split(","))


@ONE_RUN
def test_all_went_over_loopback_and_a_batch_file_says_it_again(results):
    attached = [ROOT / result["run"] for result in results if result["debugger"] == "attached"]
    assert "target remote 127.0.0.1:" in (attached[0] / "gdb.log").read_text(encoding="utf-8")
    text = (attached[0] / "command.cmd").read_bytes().decode()
    assert text.startswith("@echo off\r\n") and "\n" not in text.replace("\r\n", "")
    assert f'-kernel "%~dp0..\\{attached[0].name.split("-")[2]}.elf"' in text
    assert "-gdb tcp:127.0.0.1:%PORT%" in text and '-x "%~dp0debugger.gdb"' in text


@ONE_RUN
def test_a_run_is_packed_to_be_sent(results, private, tmp_path):
    run = next(ROOT / result["run"] for result in results)
    done = as_windows(private, "report", str(run), "--public", str(tmp_path / "whpx.tar.gz"))
    assert "was touched" not in done.stderr and "to send: " in done.stdout
    with tarfile.open(tmp_path / "whpx.tar.gz") as archive:
        assert any(name.endswith("/platform.json") for name in archive.getnames())


@ONE_RUN
def test_a_log_is_judged_as_it_is_and_as_powershell_writes_it(results, private, tmp_path):
    """Its redirection makes UTF-16 with a byte order mark of what a program writes."""
    log = next(ROOT / result["run"] / "serial.log" for result in results if result["debugger"] == "detached")
    path = tmp_path / "log.txt"
    text = log.read_text(encoding="ascii")
    path.write_text(text, encoding="ascii")
    plain = as_windows(private, "judge", str(path))
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-16"))
    done = as_windows(private, "judge", str(path))
    assert "was touched" not in plain.stderr + done.stderr
    assert "pass" in plain.stdout and done.stdout == plain.stdout


def test_what_is_there_is_listed(private):
    done = as_windows(private, "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\ntcg: QEMU " in done.stdout
    assert "\nwhpx: unusable: this QEMU is built without it" in done.stdout
    assert "kvm:" not in done.stdout


@pytest.fixture
def wine(private, tmp_path, monkeypatch) -> Path:
    """A stand-in for Wine that starts this system's own QEMU; the path of a program for Windows."""
    (tmp_path / "bin").mkdir()
    stand_in = tmp_path / "bin" / "wine"
    stand_in.write_text(f'#!/bin/sh\n[ "$WINEDEBUG" = -all ] || exit 9\nshift\nexec {find_qemu("")} "$@"\n')
    stand_in.chmod(0o755)
    private["PATH"] = f"{stand_in.parent}{os.pathsep}{private['PATH']}"
    program = tmp_path / "a folder" / "qemu-system-x86_64.EXE"
    program.parent.mkdir()
    program.write_bytes(b"MZ")
    return program


@pytest.mark.skipif(not process.POSIX, reason="Windows runs its programs itself")
def test_a_program_for_windows_runs_below_wine_and_is_called_so(private, tmp_path, wine):
    options = ["--accel", "tcg", "--qemu", str(wine), "--case", "int3@kernel64", "--debugger", "detached,attached"]
    done = harness(private, "run", *options, "--json", str(tmp_path / "json"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "tcg+wine: Windows QEMU under Wine, " in done.stdout
    results = json.loads((tmp_path / "json").read_text())
    assert [result["platform"] for result in results] == ["tcg+wine"] * 2
    attached = ROOT / results[1]["run"]
    assert "target remote 127.0.0.1:" in (attached / "gdb.log").read_text(encoding="utf-8")
    for result in results:
        again = subprocess.run(
            [ROOT / result["run"] / "command"],
            env=private | {"PORT": str(free_port())},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "begin int3@kernel64" in again.stdout, again.stderr


@pytest.mark.skipif(not process.POSIX, reason="Windows runs its programs itself")
def test_a_program_for_windows_without_wine(wine, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    (found,) = find_platforms(make_target(qemu=str(wine)), "tcg")
    assert found.reason == "this QEMU is a program for Windows, and wine is not on the PATH"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_nothing_is_left_behind(private):
    done = as_windows(private, "run", "--accel", "tcg", "--case", "int3@kernel64", "--debugger", "detached,attached")
    assert (done.returncode, done.stderr) == (0, "")
    assert left_behind(private) == []


def test_without_the_switch_posix_is_touched(private):
    """So that these tests can fail."""
    done = as_windows(private | {UNSWITCHED: "1"}, "run", "--accel", "tcg", "--case", "int3@kernel64")
    assert done.returncode in (1, TOUCHED)
    assert "Touched: signal.SIGHUP" in done.stderr


@pytest.fixture
def windows(monkeypatch):
    monkeypatch.setattr(process, "POSIX", False)
    monkeypatch.setattr(process, "UNIX_SOCKETS", False)


def test_a_qemu_that_hangs_is_asked_to_leave(windows, pytestconfig, guest, tmp_path, children):
    (tcg,) = find_platforms(make_target(qemu=pytestconfig.option.qemu), "tcg")
    vm = VM(tcg.command(guest(BEGUN, "spin"), ""), tmp_path, Deadlines(0.05))
    assert vm.run().ending is Verdict.HANG
    assert children[-1].returncode == 0, "was not ended by QMP's quit"


def test_a_child_that_is_not_asked_is_terminated(windows):
    child = process.start([sys.executable, "-c", "import time; time.sleep(60)"])
    process.stop(child)
    assert child.returncode not in (None, 0)


@pytest.mark.parametrize(
    "status, words",
    [
        (3221225477, "died of STATUS_ACCESS_VIOLATION"),
        (-1073741819, "died of STATUS_ACCESS_VIOLATION"),
        (3, "exited with status 3"),
        (139, "exited with status 139"),
        (3221225781, "exited with status 3221225781"),  # a DLL is missing: it has not begun
    ],
)
def test_how_a_process_ended(windows, status, words):
    assert process.describe_exit(status) == words


def test_programs_are_found_where_installers_put_them(windows, tmp_path, monkeypatch):
    program = tmp_path / "qemu" / "qemu-system-nosuch"
    program.parent.mkdir()
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setenv("ProgramFiles", str(tmp_path))
    monkeypatch.setattr(process, "PLACES", ("$ProgramFiles/qemu",))
    assert process.find_program("qemu-system-nosuch") == str(program)
    assert process.find_program("nothing-of-that-name") is None


@pytest.mark.parametrize(
    "words, text",
    [
        (["-m", "64"], "-m 64"),
        (["a b", "c,d=e"], '"a b" "c,d=e"'),
        (["100%", "a&b"], '100%% "a&b"'),
        (['say "x"'], '"say \\"x\\""'),
    ],
)
def test_words_for_batch_files(words, text):
    assert cmd_words(words) == text


def test_a_batch_file_knows_letters_that_are_not_ascii(tmp_path):
    write_cmd(tmp_path / "a.cmd", [cmd_default_of("QEMU", r"C:\é 100%\qemu.exe")])
    assert (tmp_path / "a.cmd").read_bytes() == (
        '@echo off\r\nsetlocal\r\nchcp 65001 >nul\r\nif not defined QEMU set "QEMU=C:\\é 100%%\\qemu.exe"\r\n'.encode()
    )
