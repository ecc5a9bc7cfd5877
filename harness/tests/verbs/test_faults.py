# SPDX-License-Identifier: BSD-2-Clause
"""What fails beneath a command, or within it, is one line and a status of its own, never a verdict or a traceback."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.system.places import BUILD, ROOT
from harness.tests.command import begin, harness, left_behind, qemu_that
from harness.tests.faults import fault

FULL = "/dev/full"
needs_full = pytest.mark.skipif(not os.path.exists(FULL), reason=f"there is no {FULL} here")

SYMBOLIZE = ["symbolize", f"--elf={BUILD / 'guest64.debug.elf'}", "Makefile"]
NO_ROOM = "no space left on device: standard output: make room there"
TOO_MANY = "too many open files: "


def limit(what: int, value: int) -> None:
    resource.setrlimit(what, (value, value))


def without_files_to_open() -> None:
    limit(resource.RLIMIT_NOFILE, 5)


def without_room_in_files() -> None:
    limit(resource.RLIMIT_FSIZE, 0)


# What a shell redirects, or what is limited before the command starts.
@fault("machine", "`harness {arguments}` {redirected} {limited}", "exit status {status}: {line}", 120)
@pytest.mark.parametrize(
    "arguments, redirected, limited, status, line",
    [
        pytest.param(["--help"], f">{FULL}", None, 2, NO_ROOM, marks=needs_full),
        pytest.param(["repro", "--help"], f">{FULL}", None, 128, NO_ROOM, marks=needs_full),
        pytest.param(["nosuch"], f"2>{FULL}", None, 2, "", marks=needs_full),
        pytest.param(["repro"], f"2>{FULL}", None, 128, "", marks=needs_full),
        (["nosuch"], "2>&-", None, 2, ""),
        (["repro"], "<&- >&- 2>&-", None, 128, ""),
        (["--help"], ">&-", None, 0, ""),
        (["judge", "-"], "<&-", None, 2, "-: standard input is closed"),
        (SYMBOLIZE, "", without_room_in_files, 2, "no folder for temporary files can be written: set TMPDIR"),
        (["repro", "tcg-pause-tf"], "", without_files_to_open, 128, TOO_MANY),
    ],
)
def test_what_the_system_refuses_is_one_line(private, arguments, redirected, limited, status, line):
    command = ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-m", "harness", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120, preexec_fn=limited
    )
    assert (done.returncode, done.stderr.count("\n")) == (status, int(bool(line))), done.stderr
    assert done.stderr.startswith(f"trapline: {line}" if line else "")
    assert (
        limited is without_files_to_open or left_behind(private) == []
    )  # without a file to open, no folder can be emptied


ASKS = ["run", "--accel=tcg", "--case=int3@kernel64", "--debugger=attached", "--jobs=1", "--table=none"]


@fault(
    "machine",
    "`ulimit -n {most}` for a run: a program could not open its files",
    "exit status 2: too many open files, and how many it takes",
    120,
)
@pytest.mark.slow
@pytest.mark.parametrize("most", [10, 12, 16, 71])
def test_a_limit_of_open_files_is_no_verdict(private, most):
    done = harness(private, *ASKS, preexec_fn=lambda: limit(resource.RLIMIT_NOFILE, most))
    said = f"trapline: too many open files: JOBS=1 takes up to 72, and there may be {most}: raise 'ulimit -n'\n"
    assert (done.returncode, done.stderr) == (2, said)


@pytest.mark.slow
def test_a_soft_limit_of_open_files_is_raised(private):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    done = harness(private, *ASKS, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (12, most)))
    assert (done.returncode, done.stderr) == (0, "")


# A verb that does this, and then has its answer; INTERRUPTS is the signal of a Ctrl-C.
DOES = """
import os, signal, sys, threading
from harness import command_line
from harness.system import process, streams

def interrupts(*arguments):
    os.kill(os.getpid(), signal.SIGINT)

def in_a_thread(does):
    thread = threading.Thread(target=does)
    thread.start()
    thread.join()

def endless():
    endless()

def verb(options):
    {does}
    return 0

command_line.run_verb = verb
sys.argv = ["harness", *{arguments}]
sys.exit(command_line.main())
"""

OWN = "trapline: a fault of Trapline's own: "


def do(environment, does: str, *arguments: str) -> subprocess.CompletedProcess:
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    run = begin(environment, [sys.executable, "-c", DOES.format(does=does, arguments=arguments)], **streams)
    output, errors = run.communicate(timeout=60)
    return subprocess.CompletedProcess([], run.returncode, output, errors)


@fault(
    "own",
    "`{does}` within a verb",
    "exit status 2: a fault of Trapline's own: {line}: please report it, with a file that has the " "traceback",
)
@pytest.mark.parametrize(
    "does, line",
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("endless()", "RecursionError: maximum recursion depth exceeded"),
        ("in_a_thread(lambda: 1 / 0)", "ZeroDivisionError: division by zero"),
        ("os.stat('/nonexistent')", "FileNotFoundError: [Errno 2] No such file or directory: '/nonexistent'"),
        ("from harness import nosuch", "ImportError: cannot import name 'nosuch'"),
        ("import harness.nosuch", "ModuleNotFoundError: No module named 'harness.nosuch'"),
    ],
)
def test_a_fault_of_its_own_is_one_line_that_says_where_its_traceback_is(private, does, line):
    done = do(private, does, "list")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.startswith(OWN + line)
    kept = Path(done.stderr.rstrip().rpartition(" ")[2])
    assert left_behind(private) == [str(kept)] and kept.read_text().startswith("Traceback")


def test_where_its_traceback_cannot_be_kept_it_is_printed(private):
    done = do(private, "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); 1 / 0", "list")
    first, *lines = done.stderr.splitlines()
    assert (done.returncode, first) == (2, f"{OWN}ZeroDivisionError: division by zero: please report it, with this:")
    assert lines[0].startswith("Traceback") and lines[-1] == "ZeroDivisionError: division by zero"


@fault("own", "a fault within `repro`", "exit status 128, at which git bisect stops")
def test_git_bisect_stops_at_a_fault(private):
    assert do(private, "1 / 0", "repro").returncode == 128


@fault("stop", "Ctrl-C within a verb: `{does}`", "exit status {status}")
@pytest.mark.parametrize(
    "does, status, said",
    [
        ("interrupts()", 130, "trapline: stopped\n"),
        ("in_a_thread(interrupts)", 130, "trapline: stopped\n"),
        ("command_line.say = interrupts; interrupts()", 130, ""),
        ("command_line.say = interrupts; 1 / 0", 130, ""),
        ("streams.finish = interrupts", 130, ""),
        ("process.leave = interrupts", 0, ""),
    ],
)
def test_an_interrupt_is_heard_until_the_command_ends(private, does, status, said):
    done = do(private, does, "list")
    assert (done.returncode, done.stderr) == (status, said)


def beginning(private, tmp_path, module: str, text: str) -> tuple[int, str]:
    """How a command begins in whose imports a module has this text."""
    place = tmp_path / module
    place.mkdir()
    (place / f"{module}.py").write_text(text)
    command = [sys.executable, "-m", "harness", "repro", "nosuch"]
    run = begin(private | {"PYTHONPATH": str(place)}, command, stderr=subprocess.PIPE, text=True)
    _, errors = run.communicate(timeout=60)
    return run.returncode, errors


# Each is imported somewhere on the way to the command line.
@fault("stop", "Ctrl-C while a command still imports {module}", "it dies of SIGINT, without a word")
@pytest.mark.parametrize("module", ["argparse", "pkgutil", "tempfile", "threading"])
def test_an_interrupt_before_anybody_listens_ends_it_in_silence(private, tmp_path, module):
    interrupt = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"
    assert beginning(private, tmp_path, module, interrupt) == (-signal.SIGINT, "")  # 130 to a shell


@fault(
    "own",
    "a module of Python's that cannot be imported, for `repro`",
    "exit status 128: a fault of Trapline's own: RuntimeError: no\\nline: please report it, with a file",
)
def test_what_fails_before_the_command_line_is_there_is_one_line(private, tmp_path):
    status, said = beginning(private, tmp_path, "argparse", "raise RuntimeError('no\\nline')\n")
    assert (status, said.count("\n")) == (128, 1)
    assert said.startswith(f"{OWN}RuntimeError: no\\nline: please report it, with ")
    status, said = beginning(private, tmp_path, "tempfile", "raise RuntimeError('not even that')\n")
    assert (status, said) == (128, "trapline: RuntimeError: not even that\n")


@fault("machine", "tests with {knob}=Makefile/file", "exit status 2: cannot be written: Not a directory", 120)
@pytest.mark.parametrize("knob", ["--json", "--junit-xml"])
@pytest.mark.slow
def test_tests_whose_results_cannot_be_written_do_not_begin(private, knob):
    command = [sys.executable, "-m", "pytest", "-q", "-n0", f"{knob}=Makefile/file", "--quick", "harness/tests/verbs"]
    done = subprocess.run(command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120)
    name = {"--json": "JSON", "--junit-xml": "JUNIT"}[knob]
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Exit: trapline: {name}=Makefile/file: cannot be written: Not a directory\n"


@pytest.mark.slow
def test_tests_whose_results_would_be_one_file_do_not_begin(private, tmp_path):
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "--quick", "harness/tests/verbs"]
    command += [f"--json={tmp_path}/x", f"--junit-xml={tmp_path}/./x"]
    done = subprocess.run(command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Exit: trapline: JSON={tmp_path}/x and JUNIT={tmp_path}/")
    assert done.stderr.endswith("x: are one file: name two\n")


@needs_full
@fault("machine", "tests with {knob}=/dev/full", "exit status 2: cannot be written: No space left on device", 120)
@pytest.mark.parametrize("knob, option", [("JSON", "--json"), ("JUNIT", "--junit-xml")])
@pytest.mark.slow
def test_tests_whose_results_cannot_be_written_any_more_have_been_told(private, knob, option):
    command = [sys.executable, "-m", "pytest", "-q", "-n0", f"{option}={FULL}", "--quick", "-p", "no:cacheprovider"]
    command += ["harness/tests/judging/test_compare.py"]
    done = subprocess.run(command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and " passed in " in done.stdout
    assert done.stderr == f"trapline: {knob}={FULL}: cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    "option, words",
    [
        ("-knosuch", "K=nosuch: selects no test: a part of a test's or its file's name does"),
        ("-knosuch and", "K=nosuch and: is no expression: it takes parts of names, 'and', 'or', 'not' and parentheses"),
        ("--page=/nosuch", "--page /nosuch: is no file: 'make run' and 'make site' leave one"),
    ],
)
@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.slow
def test_what_selects_no_test_is_a_wrong_question(private, option, words, workers):
    command = [sys.executable, "-m", "pytest", "-q", f"-n{workers}", option, "--quick"]
    command += ["-p", "no:cacheprovider", "harness/tests/judging/test_compare.py"]
    done = subprocess.run(command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr.removeprefix("Exit: ")) == (2, f"trapline: {words}\n")


@fault(
    "beside",
    "`make clean` while a run has one of two results",
    "exit status 2: no such file or directory: build/runs/...: it was there: has a 'make clean' run "
    'meanwhile? - below the first result, and "1 of 2 results are missing"',
    120,
)
@pytest.mark.slow
def test_what_is_done_is_told_where_the_rest_cannot_be_kept(private, tmp_path):
    """The second of two VMs takes the run's folder away, as a `make clean` does."""
    does = f"""[ -e '{tmp_path}/first' ] && rm -r '{BUILD}'/runs/*-$PPID; : >'{tmp_path}/first'"""
    qemu = qemu_that(tmp_path, does)
    done = harness(
        private, "run", "--accel=tcg", "--jobs=1", "--case=int3@kernel*", "--debugger=detached", f"--qemu={qemu}"
    )
    assert done.returncode == 2
    assert "\ntcg: green: 1 pass, in " in done.stdout
    assert "\nended early: 1 of 2 results are missing: tcg: detached\n" in done.stdout
    assert done.stderr.startswith("trapline: no such file or directory: build/runs/")
    assert done.stderr.endswith(": it was there: has a 'make clean' run meanwhile?\n") and done.stderr.count("\n") == 1


def in_a_small_folder(folder: Path, size: str, *command: str) -> list[str]:
    """The command, for which alone this folder is an empty file system of that size."""
    words = ["unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-ec"]
    return [*words, f"mount -t tmpfs -o size={size} tmpfs '{folder}'; exec \"$@\"", "sh", *command]


def skip_without_mounts() -> None:
    folder = BUILD / "runs"
    folder.mkdir(exist_ok=True)
    try:
        tried = subprocess.run(in_a_small_folder(folder, "4k", "true"), capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"a full disk: {error}")
    if tried.returncode:
        pytest.skip(f"a full disk: {tried.stderr.strip()}")


@fault(
    "machine",
    "a disk of {size}B that is full while `repro` writes to {full}",
    "exit status 128: no space left on device: the file",
    120,
)
@pytest.mark.slow
@pytest.mark.parametrize(
    "full, size, line", [("runs", "300k", "build/runs/"), ("tmp", "300k", ""), ("runs", "560k", "build/runs/")]
)
def test_a_full_disk_is_not_a_bug(private, full, size, line):
    skip_without_mounts()
    folder = {"runs": BUILD / "runs", "tmp": Path(private["TMPDIR"])}[full]
    asks = [sys.executable, "-m", "harness", "repro", "tcg-pause-tf", "--accel=tcg", "--case=tf_pause"]
    command = in_a_small_folder(folder, size, *asks)
    done = subprocess.run(command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120)
    assert done.returncode == 128
    assert done.stderr.startswith(f"trapline: no space left on device: {line or folder}"), done.stderr
    assert done.stderr.count("\n") == 1


RUN_AND_REPORT = """
"$0" -m harness run --accel=tcg --case='i*' --debugger=detached --table=none >/dev/null
run=$?
"$0" -m harness report build/runs --html=
exit $run
"""


@fault(
    "machine",
    "a disk of {size}B that is full while `run` writes to build/runs, and `report build/runs`",
    "exit status 2: no space left on device: the file; the report has what was settled, and the rest as `cut`",
    120,
)
@pytest.mark.slow
@pytest.mark.parametrize("size", ["200k", "600k"])
def test_what_a_full_disk_leaves_can_be_read(private, size):
    skip_without_mounts()
    command = in_a_small_folder(BUILD / "runs", size, "sh", "-c", RUN_AND_REPORT, sys.executable)
    done = subprocess.run(command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.startswith("trapline: no space left on device: build/runs/")
    assert "cut: the run ended before its verdicts were written" in done.stdout
