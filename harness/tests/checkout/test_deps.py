# SPDX-License-Identifier: BSD-2-Clause
"""harness/deps.sh installs by whichever package manager is there: two lines, and the manager's own words in a file."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.system.places import ROOT

TOOLS = ("sh", "awk", "tail", "mktemp", "cat", "chmod")
HINT = "trapline: on this host, run make with CROSS_COMPILE=x86_64-elf- GDB=x86_64-elf-gdb\n"
LINTERS = ("clang-format", "cppcheck", "shellcheck", "black", "flake8", "mypy", "yamllint")
COMMANDS = {
    "apt-get": [
        "update -q",
        "install -q -y --no-install-recommends clang-format cppcheck shellcheck black flake8 mypy yamllint",
    ],
    "dnf": ["install -y clang-tools-extra cppcheck ShellCheck black python3-flake8 python3-mypy yamllint"],
    "pacman": ["-S --needed --noconfirm clang cppcheck shellcheck python-black flake8 mypy yamllint"],
    "brew": ["install clang-format cppcheck shellcheck black flake8 mypy yamllint"],
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
        made = " ".join(str(self.programs / linter) for linter in LINTERS)
        install = f"for file in {made}; do echo >$file; chmod +x $file; done"
        self.add(manager, f'echo "$@" >>{folder}/commands; echo words; echo more words >&2; {install}')

    def add(self, name: str, script: str) -> None:
        (self.programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / name).chmod(0o755)

    def install(self) -> subprocess.CompletedProcess:
        environment = {"PATH": str(self.programs), "TMPDIR": str(self.folder)}
        command = [str(ROOT / "harness" / "deps.sh"), "install-lint"]
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


@pytest.mark.parametrize("machine", COMMANDS, indirect=True)
def test_a_mirror_that_fails(machine):
    machine.add(machine.manager, 'for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "$n"; done; echo no route >&2; exit 100')
    done = machine.install()
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    *tail, last = done.stderr.splitlines()
    assert tail == ["4", "5", "6", "7", "8", "9", "10", "11", "12", "no route"]
    assert last == f"trapline: {machine.manager} failed: the end of its log is above, all of it is in {machine.log()}"


def test_a_manager_that_installs_nothing(machine):
    machine.add("apt-get", "true")
    done = machine.install()
    assert done.returncode == 2
    assert done.stderr.startswith(
        "trapline: still missing clang-format, cppcheck, shellcheck, black, flake8, mypy, yamllint: check "
    )
    assert done.stderr.endswith(f" (log: {machine.log()})\n")


def test_by_sudo_where_the_user_is_not_root(machine):
    machine.add("id", "echo 1000")
    done = machine.install()
    assert done.returncode == 2
    assert re.fullmatch("trapline: root has to run apt-get update -q && .* yamllint\n", done.stderr)
    machine.add("sudo", f'echo sudo >>{machine.folder}/commands; exec "$@"')
    done = machine.install()
    assert done.returncode == 0
    assert machine.commands() == ["sudo", *COMMANDS["apt-get"]]
    assert done.stdout.startswith("trapline: installing with sudo apt-get, ")
