# SPDX-License-Identifier: BSD-2-Clause
"""The command line as a user has it: exit codes, one clear line for a wrong question, nothing left behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.catalogue.debugger_modes import MODES
from harness.catalogue.image import read_images, select
from harness.catalogue.required import RequiredLogs
from harness.system.places import CASES, ROOT
from harness.tests.command import begin, harness, left_behind, qemu_that, status_of
from harness.tests.faults import fault
from harness.tests.guest_log import log_of
from harness.tests.table import row

pytestmark = pytest.mark.slow

VENDOR = "CentaurHauls"  # no bug is known of
FEW = "icebp,int3,dbreak_*"


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["run", "--qemu", "/nonexistent"], "QEMU=/nonexistent: there is no such program"),
        (["run", "--case", "nosuch"], "CASE=nosuch: there is no such case: 'make list'"),
        (["run", "--mode", "kernel16"], "MODE=kernel16: there is no such mode: choose from "),
        (["run", "--accel", "vbox"], "ACCEL=vbox: there is no such accelerator"),
        (["run", "--host", "vax:6.12"], "HOST=vax:6.12: choose from local, amd:KERNEL"),
        (["run", "--host", "amd:1.0"], "HOST=amd:1.0: this kernel is not here: "),
        (["run", "--host", "amd"], "HOST=amd: say either HOST=amd:VERSION"),
        (["run", "--host", "amd", "--kernel", "Makefile"], f"{ROOT}/Makefile: is no bzImage"),
        (["run", "--host", "amd:6.12", "--accel", "tcg"], "HOST=amd:6.12 ACCEL=tcg: an emulated host has KVM alone"),
        (["run", "--qemu", "1.0"], "QEMU=1.0: it is not here: "),
        (["lab", "fetch", "linux-1.0"], "linux-1.0: there is nothing to fetch by this name: choose from linux-5.10"),
        (["lab", "remove"], "lab remove: say what"),
        (["lab", "remove", "linux-1.0"], "linux-1.0: is not there"),
        (["run", "--debugger", "nosuch"], "DEBUGGER=nosuch: there is no such mode"),
        (["run", "--machine", "nosuch"], "MACHINE=nosuch: choose from"),
        (["run", "--firmware", "nosuch"], "FIRMWARE=nosuch: choose from"),
        (["run", "--case=--"], "--case=--: -- is no value"),
        (["run", "--cpus", "none"], "CPUS=none: expected a number"),
        (["run", "--cpus", "\x1b[2J\n"], "CPUS=\\x1b[2J\\n: expected a number"),
        (
            ["run", "--case", "icebp", "--debugger", "script", "--accel", "tcg"],
            "DEBUGGER=script: no case that is asked",
        ),
        (["run", "--jobs", "0"], "JOBS=0: expected a number"),
        (["run", "--timeout-multiplier", "-1"], "TIMEOUT_MULTIPLIER=-1: expected a number"),
        (["run", "--json", "/nonexistent/file"], "JSON=/nonexistent/file: cannot be written"),
        (["run", "--accel", "bochs", "--bochs", "/nonexistent"], "BOCHS=/nonexistent: there is no such program"),
        (["bless", "nosuch"], "there is no case nosuch: 'make list' shows what there is"),
        (["bless", "vmx_msrs"], "what vmx_msrs requires is computed by the rules in cases/msr/vmx_msrs.toml"),
        (["show"], "show: say what: a case or a known bug"),
        (["show", "icepb"], "show icepb: no case, bug or verdict has this name: did you mean icebp"),
        (["show", "\x1b[2J\n"], "show \\x1b[2J\\n: no case, bug or verdict"),
        (["judge", "/nonexistent"], "/nonexistent: No such file"),
        (["judge", "/dev/null"], "/dev/null: holds no log of this guest"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_question_gets_one_line_and_2(monkeypatch, capfd, arguments, words):
    assert status_of(monkeypatch, *arguments) == 2
    said = capfd.readouterr()
    assert said.err.startswith(f"trapline: {words}")
    assert said.err.count("\n") == 1
    assert said.out == ""


def without_modules(private, *arguments, **variables) -> subprocess.CompletedProcess:
    """The harness as a Python has it that knows the standard library alone (-S)."""
    command = [sys.executable, "-S", "-m", "harness", *arguments]
    return subprocess.run(command, cwd=ROOT, env=private | variables, capture_output=True, text=True, timeout=120)


def test_a_python_without_the_modules_hands_over_to_one_that_has_them(private):
    done = without_modules(private, "run", "--case", "nosuch")
    assert done.returncode == 2
    assert done.stderr.startswith("trapline: CASE=nosuch: there is no such case")


@fault("machine", "`harness {verb}` on a Python without the modules: {variables}", "exit status {status}: {words}", 120)
@pytest.mark.parametrize("verb, status", [(["list"], 2), (["repro", "tcg-int1-ud"], 128)])
@pytest.mark.parametrize(
    "variables, words",
    [
        ({"PYTHON": "/nonexistent"}, "missing a Python >= 3.11 with "),
        ({"TRAPLINE_CHOSEN_PYTHON": "/usr/bin/python3"}, "/usr/bin/python3 is another Python where it looks for"),
    ],
)
def test_where_no_python_has_them_one_line_says_so(private, verb, status, variables, words):
    done = without_modules(private, *verb, **variables)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(f"trapline: {words}")
    assert done.stderr.count("\n") == 1


@fault("debugger", "GDB=/nonexistent", "exit status 2: GDB=/nonexistent: there is no such program", 120)
def test_a_gdb_that_is_not_there_is_a_wrong_question(private):
    done = harness(private | {"GDB": "/nonexistent"}, "run", "--case", "tf_step")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "trapline: GDB=/nonexistent: there is no such program\n"


@fault(
    "hypervisor",
    "a CPU without long mode, for the 64-bit image",
    "unusable: the kernel64 image needs lm=1, which this CPU does not have; the 32-bit image's results " "are there",
    120,
)
def test_a_cpu_without_long_mode_says_nothing_about_the_64_bit_image(private, tmp_path):
    file = tmp_path / "results.json"
    words = "the kernel64 image needs lm=1, which this CPU does not have"
    arguments = ["--accel", "tcg", "--cpu", "qemu32", "--case", "int3@kernel*", "--debugger", "detached,attached"]
    done = harness(private, "run", *arguments, "--json", str(file))
    assert done.returncode == 1 and words in done.stdout
    results = json.loads(file.read_text())
    verdicts = {(result["mode"], result["debugger"]): result["verdict"] for result in results}
    assert verdicts == {
        (mode, debugger): verdict
        for mode, verdict in (("kernel32", "pass"), ("kernel64", "unusable"))
        for debugger in ("detached", "attached")
    }
    log = next(ROOT / result["run"] / "serial.log" for result in results if result["mode"] == "kernel64")
    judged = harness(private, "judge", str(log))
    assert judged.returncode == 1 and words in judged.stdout


def test_a_run_leaves_its_folder_and_nothing_else(private, tmp_path):
    file = tmp_path / "results.json"
    done = harness(
        private, "run", "--accel", "tcg", "--case", "int3@kernel64", "--debugger", "all", "--json", str(file)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass" in row(done.stdout, "int3@kernel64")
    assert left_behind(private) == []
    results = json.loads(file.read_text())
    assert {result["debugger"] for result in results} == {mode for mode in MODES if mode != "script"}
    folder = Path(results[0]["run"])
    expected = {"command", "platform.json", "serial.log", "stderr.log", "verdict.json"}
    assert {path.name for path in folder.iterdir()} == expected
    again = subprocess.run([folder / "command"], capture_output=True, text=True, timeout=60)
    assert again.stdout.replace("\r", "") == (folder / "serial.log").read_text()


def test_a_run_in_bochs_leaves_its_folder_and_nothing_else(bochs, private, tmp_path):
    file = tmp_path / "results.json"
    done = harness(private, "run", "--accel", "bochs", "--case", "int3@kernel64", "--json", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert left_behind(private) == []
    (result,) = json.loads(file.read_text())
    assert (result["mode"], result["debugger"]) == ("kernel64", "detached")
    folder = Path(result["run"])
    assert {"command", "bochs.log", "bochsrc", "guest.iso", "serial.log"} <= {path.name for path in folder.iterdir()}
    log = (folder / "serial.log").read_text()
    again = subprocess.run([folder / "command"], capture_output=True, text=True, timeout=60, env=private)
    assert again.stdout == log == (folder / "serial.log").read_text()
    assert left_behind(private) == []


@fault("debugger", "a debugger mode that Bochs does not have", "unusable: the harness drives no debugger in Bochs", 120)
def test_a_debugger_mode_that_bochs_does_not_offer(bochs, private):
    """It is a result where it was asked for by name, and no column elsewhere."""
    arguments = ["run", "--case", "int3@kernel64", "--debugger", "hbreak"]
    done = harness(private, *arguments, "--accel", "bochs")
    assert done.returncode == 1
    assert "int3@kernel64 on bochs hbreak: unusable: the harness drives no debugger in Bochs" in done.stdout
    done = harness(private, *arguments, "--accel", "all")
    assert "on bochs" not in done.stdout


def test_the_command_with_gdb_runs_again(private, tmp_path):
    file = tmp_path / "results.json"
    arguments = ["--accel", "tcg", "--case", "int3@kernel64", "--debugger", "hbreak", "--json", str(file)]
    assert harness(private, "run", *arguments).returncode == 0
    folder = Path(json.loads(file.read_text())[0]["run"])
    again = subprocess.run([folder / "command"], capture_output=True, text=True, timeout=60, env=private)
    assert "end int3@kernel64" in again.stdout
    assert left_behind(private) == []


@fault("beside", "three runs at once", "exit status 0 of each, and no folder in common", 120)
def test_runs_side_by_side(private):
    command = [sys.executable, "-m", "harness", "run", "--accel", "tcg", "--case", "int3@kernel64"]
    command += ["--debugger", "detached,attached"]
    runs = [subprocess.Popen(command, cwd=ROOT, env=private, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [run.wait(120) for run in runs] == [0, 0, 0]
    assert left_behind(private) == []


@fault(
    "stop",
    "{number} to a run in mode {debugger}",
    "it ends as signals end a command; QEMU and gdb end with it",
    120,
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("debugger", ["detached", "attached"])
def test_a_stopped_run_leaves_no_process(private, guest, tmp_path, number, debugger):
    """In a QEMU whose guest says nothing: a run that is stopped takes it along."""
    wrapper = qemu_that(tmp_path, f"""exec qemu-system-x86_64 "$@" -kernel '{guest("", "sleep_for_good")}'""")
    command = [sys.executable, "-m", "harness", "run", "--accel", "tcg", "--case", "int3", "--qemu", str(wrapper)]
    command += ["--debugger", debugger]
    run = begin(private, command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 30
    while not any("guest.elf" in line for line in left_behind(private)):
        assert time.monotonic() < until and run.poll() is None
        time.sleep(0.05)
    time.sleep(0.3)
    run.send_signal(number)
    run.communicate(timeout=30)
    assert run.returncode == (-number if number == signal.SIGKILL else 128 + number)
    while any("guest.elf" in line or "gdb" in line for line in left_behind(private)):
        assert time.monotonic() < until
        time.sleep(0.05)
    if number != signal.SIGKILL:
        assert left_behind(private) == []


@fault("stop", "{number} to a run in Bochs", "it ends as signals end a command; Bochs ends with it", 120)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_run_in_bochs_leaves_no_process(bochs, private, number):
    command = [sys.executable, "-m", "harness", "run", "--accel", "bochs"]
    run = begin(private, command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not any("-f bochsrc" in line for line in left_behind(private)):
        assert time.monotonic() < until and run.poll() is None
        time.sleep(0.02)
    run.send_signal(number)
    run.wait(timeout=30)
    assert run.returncode == (-number if number == signal.SIGKILL else 128 + number)
    while any("bochs" in line for line in left_behind(private)):
        assert time.monotonic() < until
        time.sleep(0.05)
    if number != signal.SIGKILL:
        assert left_behind(private) == []


def captured_log(asked: str) -> list[str]:
    """A log as another machine would send it: these cases of the 64-bit image, as required."""
    cases = [case for image in select(read_images(), asked, "kernel64") for case in image.cases]
    blocks = {case: RequiredLogs(CASES).lines(case, VENDOR) for case in cases}
    return log_of(blocks, f"vendor={VENDOR} family=6 model=60 stepping=3")


def judged(private, tmp_path, lines):
    path = tmp_path / "captured.log"
    path.write_text("noise of a BIOS\n" + "\r\n".join(lines) + "\r\n")
    return harness(private, "judge", str(path))


def test_judge_a_log_from_elsewhere(private, tmp_path):
    done = judged(private, tmp_path, captured_log("*"))
    assert done.returncode == 0, done.stdout
    assert "icebp@kernel64" in done.stdout


def test_judge_a_log_from_standard_input(private):
    assert harness(private, "judge", "-", input="\n".join(captured_log(FEW))).returncode == 0


@fault("file", "a captured log that is cut, in its head or within a case", "exit status 1: cut", 120)
def test_judge_a_cut_log(private, tmp_path):
    logs = [tmp_path / f"cut{lines}" for lines in (1, 3, 4, 7, 20, -1)]
    for log in logs:
        log.write_text("\n".join(captured_log(FEW)[: int(log.name.removeprefix("cut"))]) + "\n")
    done = harness(private, "judge", *map(str, logs))
    assert done.returncode == 1
    for log in logs:
        assert re.search(rf" on {log} .*: cut: ", done.stdout), done.stdout


@fault("file", "a captured log with one changed field", "exit status 1: [[dr6=ffff4ff0]] beside [[dr6=00004000]]", 120)
def test_judge_a_changed_log(private, tmp_path):
    lines = captured_log(FEW)
    place = next(index for index, line in enumerate(lines) if "dr6=ffff4ff0" in line)
    lines[place] = lines[place].replace("dr6=ffff4ff0", "dr6=00004000")
    done = judged(private, tmp_path, lines)
    assert done.returncode == 1
    assert "[[dr6=ffff4ff0]]" in done.stdout and "[[dr6=00004000]]" in done.stdout


@fault("stop", "`{id}` into a pipe that nobody reads", "exit status 141, without a word", 120)
@pytest.mark.parametrize(
    "arguments",
    [["list"], ["judge", "-"], ["run", "--accel", "tcg", "--case", "int3", "--debugger", "detached"], ["--help"]],
    ids=["list", "judge", "run", "help"],
)
def test_a_reader_that_has_gone(private, arguments):
    """As in `... | head`: it ends without a word, with the status that a shell has for SIGPIPE."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as output:
        done = subprocess.run(
            [sys.executable, "-m", "harness", *arguments],
            cwd=ROOT,
            env=private,
            input="\n".join(captured_log(FEW)),
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
        )
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")
    assert not left_behind(private)


@fault("stop", "standard output and standard error into a pipe that nobody reads", "exit status 141", 120)
def test_a_reader_of_both_that_has_gone(private):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as output:
        done = subprocess.run(
            [sys.executable, "-m", "harness", "run", "--case", "nosuch"],
            cwd=ROOT,
            env=private,
            stdout=output,
            stderr=output,
            timeout=120,
        )
    assert done.returncode == 128 + signal.SIGPIPE
