# SPDX-License-Identifier: BSD-2-Clause
"""harness/deps.sh installs by whichever package manager is there: two lines, and the manager's own words in a file."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.system.places import ROOT
from harness.tests.faults import fault

PROGRAMS = ("ls", "gcc", "as", "ld", "objcopy", "objdump", "nm", "nasm", "addr2line", "readelf")
TOOLS = ("sh", "awk", "tail", "mktemp", "cat", "chmod")
HINT = "trapline: on this host, run make with CROSS_COMPILE=x86_64-elf- GDB=x86_64-elf-gdb\n"
LINTERS = ("clang-format", "clang-tidy", "cppcheck", "shellcheck", "black", "flake8", "mypy", "yamllint")
COMMANDS = {
    "apt-get": [
        "update -q",
        "install -q -y --no-install-recommends clang-format clang-tidy cppcheck shellcheck black flake8 mypy yamllint",
    ],
    "dnf": ["install -y clang-tools-extra cppcheck ShellCheck black python3-flake8 python3-mypy yamllint"],
    "pacman": ["-S --needed --noconfirm clang cppcheck shellcheck python-black flake8 mypy yamllint"],
    "brew": ["install clang-format llvm cppcheck shellcheck black flake8 mypy yamllint"],
}


class CleanMachine:
    """A PATH that has a package manager and not one linter."""

    def __init__(self, folder: Path, manager: str) -> None:
        self.manager, self.programs, self.folder = manager, folder / "bin", folder
        self.programs.mkdir()
        for tool in TOOLS:
            (self.programs / tool).symlink_to(shutil.which(tool))
        self.add("uname", "case $1 in -m) echo x86_64 ;; *) echo Linux ;; esac")
        self.add("id", "echo 0")
        install = f"cd '{self.programs}'; for file in {' '.join(LINTERS)}; do echo >$file; chmod +x $file; done"
        self.add(manager, f"echo \"$@\" >>'{folder}/commands'; echo words; echo more words >&2; {install}")

    def add(self, name: str, script: str) -> None:
        (self.programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / name).chmod(0o755)

    def install(self, verb: str = "install-lint", root: Path = ROOT) -> subprocess.CompletedProcess:
        environment = {"PATH": str(self.programs), "TMPDIR": str(self.folder)}
        command = [str(root / "harness" / "deps.sh"), verb]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        done.stdout = done.stdout.removeprefix(HINT if self.manager == "brew" else "")
        return done

    def commands(self) -> list[str]:
        return (self.folder / "commands").read_text().splitlines()

    def log(self) -> Path:
        (log,) = self.folder.glob("trapline-deps.*")
        return log


@pytest.fixture
def machine(tmp_path, request) -> CleanMachine:
    return CleanMachine(tmp_path, getattr(request, "param", "apt-get"))


@pytest.mark.parametrize("machine", COMMANDS, indirect=True)
def test_two_lines_and_a_log(machine):
    done = machine.install()
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.commands() == COMMANDS[machine.manager]
    packages = machine.commands()[-1].split("clang", 1)[1]
    first, last = done.stdout.splitlines()
    assert first.startswith(
        f"trapline: installing with {machine.manager}, which may take some minutes: clang{packages}"
    )
    assert first.endswith(f" (log: {machine.log()})")
    assert last == "trapline: installed"
    assert machine.log().read_text() == "words\nmore words\n" * len(machine.commands())
    assert machine.install().stdout == "trapline: nothing to install\n"


@fault(
    "machine",
    "{machine} fails",
    "exit status 2: {machine} failed: the end of its log is above, all of it is in ...",
)
@pytest.mark.parametrize("machine", COMMANDS, indirect=True)
def test_a_mirror_that_fails(machine):
    machine.add(machine.manager, 'for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "$n"; done; echo no route >&2; exit 100')
    done = machine.install()
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    *tail, last = done.stderr.splitlines()
    assert tail == ["4", "5", "6", "7", "8", "9", "10", "11", "12", "no route"]
    assert last == f"trapline: {machine.manager} failed: the end of its log is above, all of it is in {machine.log()}"


@fault(
    "machine",
    "{machine} that waits for ever",
    "exit status 2: {machine} did not end within 30 minutes: the end of its log is above, all of it is in ...",
)
@pytest.mark.parametrize("machine", COMMANDS, indirect=True)
def test_a_manager_that_hangs(machine):
    for tool in ("timeout", "sleep"):
        (machine.programs / tool).symlink_to(shutil.which(tool))
    machine.add(machine.manager, "echo waits for a lock; exec sleep 1000")
    root = machine.folder / "checkout"
    (root / "harness").mkdir(parents=True)
    shutil.copy(ROOT / "requirements.txt", root)
    script = (ROOT / "harness" / "deps.sh").read_text()
    assert script.count("deadline=30\n") == 1
    (root / "harness" / "deps.sh").write_text(script.replace("deadline=30\n", "deadline=0.01\n"))
    (root / "harness" / "deps.sh").chmod(0o755)
    done = machine.install(root=root)
    assert done.returncode == 2
    words, last = done.stderr.splitlines()
    assert words == "waits for a lock"
    assert last.startswith(f"trapline: {machine.manager} did not end within 0.01 minutes: the end of its log is ")


@fault("machine", "a package manager that installs nothing", "exit status 2: still missing clang-format, ...")
def test_a_manager_that_installs_nothing(machine):
    machine.add("apt-get", "true")
    done = machine.install()
    assert done.returncode == 2
    assert done.stderr.startswith(
        "trapline: still missing clang-format, clang-tidy, cppcheck, shellcheck, black, flake8, mypy, yamllint: check "
    )
    assert done.stderr.endswith(f" (log: {machine.log()})\n")


@fault("machine", "`make deps` by a user without sudo", "exit status 2: root has to run apt-get ...")
def test_by_sudo_where_the_user_is_not_root(machine):
    machine.add("id", "echo 1000")
    done = machine.install()
    assert done.returncode == 2
    assert re.fullmatch("trapline: root has to run apt-get update -q && .* yamllint\n", done.stderr)
    machine.add("sudo", f"echo sudo >>'{machine.folder}/commands'; exec \"$@\"")
    done = machine.install()
    assert done.returncode == 0
    assert machine.commands() == ["sudo", *COMMANDS["apt-get"]]
    assert done.stdout.startswith("trapline: installing with sudo apt-get, ")


@fault(
    "machine",
    "no package manager that is known",
    "exit status 2: no known package manager to install clang-format, ...",
)
def test_where_no_package_manager_is_known(machine):
    (machine.programs / "apt-get").unlink()
    done = machine.install()
    assert (done.returncode, done.stdout) == (2, "")
    listed = ", ".join(LINTERS)
    assert done.stderr == f"trapline: no known package manager to install {listed}\n"


@pytest.fixture
def without_hypothesis(machine) -> CleanMachine:
    """A machine that has all that make deps is for, but the module that some tests take."""
    for tool in PROGRAMS:
        machine.add(tool, f'exec {shutil.which(tool)} "$@"')
    for program in ("qemu-system-x86_64", "gdb"):
        machine.add(program, "")
    machine.add("python3", "case $* in *hypothesis*) exit 1 ;; esac")
    # A checkout that remembers nothing.
    (machine.folder / "harness").mkdir()
    for name in ("harness/deps.sh", "requirements.txt"):
        shutil.copy(ROOT / name, machine.folder / name)
    return machine


def test_what_some_tests_take_is_installed_and_not_insisted_on(without_hypothesis):
    machine = without_hypothesis
    done = machine.install("install", machine.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.commands()[-1] == "install -q -y --no-install-recommends python3-hypothesis"
    machine.add("apt-get", "exit 100")
    failed = machine.install("install", machine.folder)
    machine.add("id", "echo 1")
    alone = machine.install("install", machine.folder)
    (machine.programs / "apt-get").unlink()
    unknown = machine.install("install", machine.folder)
    for each, why in (
        (failed, "apt-get failed: "),
        (alone, "root has to run "),
        (unknown, "no known package manager "),
    ):
        last = each.stdout.splitlines()[-1]
        assert (each.returncode, last.startswith(f"trapline: {why}")) == (0, True), last
        assert last.endswith(": without it, the tests that take it are left out")
