# SPDX-License-Identifier: BSD-2-Clause
"""What SECURITY.md promises: that each promise is held by a test that there is; and what can be seen in the sources."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.lab.amd import OPTIONS
from harness.platform.qemu import DEFAULT_FIRMWARE, find_qemu, options
from harness.platform.target import Hardware
from harness.system.places import ROOT
from harness.system.process import IF_NO_ORPHAN
from harness.tests.command import left_behind
from harness.vm.bochs import Configuration

HARNESS = ROOT / "harness"
TESTS = HARNESS / "tests"
SOURCES = [path for path in sorted(HARNESS.rglob("*.py")) if TESTS not in path.parents]
SOURCES += [ROOT / "agent" / "qemu", *sorted((ROOT / "dist").glob("*.py"))]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def promises() -> list[tuple[str, list[str]]]:
    """Each promise, and the tests that hold it."""
    text = read(ROOT / "SECURITY.md").partition("## What is promised")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)[1:]
    return [(promise, re.findall(r"`([^`]+)`", tests)) for promise, tests in rows]


def names_in(path: Path) -> set[str]:
    """The names of a file's tests."""
    tree = ast.parse(read(path))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_row_is_a_promise():
    rows = read(ROOT / "SECURITY.md").count("\n| ") - 1  # the table's heading
    assert len(promises()) == rows > 10


@pytest.mark.parametrize("promise, tests", promises(), ids=[promise[:40] for promise, _ in promises()])
def test_each_promise_is_held_by_tests_that_there_are(promise, tests):
    assert tests
    for test in tests:
        file, _, name = test.partition("::")
        assert (TESTS / file).is_file() and name in names_in(TESTS / file), test


# Runs the harness, and tells of each of these events in a line.
WATCHED = """
import json, os, stat, sys

def told(event, args):
    if event in ("socket.bind", "socket.connect"):
        address = args[1]
        folder = os.path.dirname(address) if isinstance(address, str) else ""
        return {"address": address, "mode": stat.S_IMODE(os.stat(folder).st_mode) if folder else None}
    if event == "subprocess.Popen":
        return {"command": list(map(os.fsdecode, args[1]))}
    if event in ("socket.getaddrinfo", "os.system", "os.exec", "os.posix_spawn", "urllib.Request"):
        return {"event": event}

def hook(event, args):
    if line := told(event, args):
        os.write(2, (json.dumps(line, default=str) + "\\n").encode())

sys.addaudithook(hook)
sys.argv[0] = "harness"
from harness.command_line import main
sys.exit(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there are no such sockets here")
def test_what_a_run_does_to_the_machine(private):
    """With a gdb: what it starts, and the sockets that it and they have, whatever the umask."""
    command = [sys.executable, "-c", WATCHED, "run", "--accel", "tcg", "--case", "int3@kernel64"]
    command += ["--debugger", "attached", "--table", "none"]
    done = subprocess.run(
        command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120, preexec_fn=lambda: os.umask(0)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert not [event for event in events if "event" in event]
    sockets = [event for event in events if "address" in event]
    assert sockets and all(event["address"].startswith(private["TMPDIR"]) for event in sockets)
    assert {event["mode"] for event in sockets} == {0o700}
    commands = [event["command"] for event in events if "command" in event]
    commands = [
        words[words.index(IF_NO_ORPHAN[-1]) + 2 :] if IF_NO_ORPHAN[-1] in words else words for words in commands
    ]
    assert {Path(words[0]).name for words in commands} >= {"qemu-system-x86_64", "gdb"}
    assert not {Path(words[0]).name for words in commands} & {"sh", "bash", "dash", "sudo", "su"}
    for words in commands:
        assert not [word for word in words if re.search(r"tcp:|udp:|telnet:|host=|port=|\bnic\b|netdev", word)], words
    assert left_behind(private) == []


@pytest.mark.slow
@pytest.mark.parametrize("machine", DEFAULT_FIRMWARE)
def test_no_qemu_has_a_network(machine, settings):
    """As QEMU itself says."""
    command = [find_qemu(settings.target.qemu), *options("tcg", Hardware(machine, "", "", 1)), "-S"]
    command += ["-monitor", "stdio"]
    asked = subprocess.run(command, input="info network\nquit\n", capture_output=True, text=True, timeout=60)
    assert asked.returncode == 0, asked.stderr
    assert not re.search(r"index=|type=", asked.stdout) and "QEMU" in asked.stdout


def test_no_other_vm_has_a_network():
    assert "-nodefaults" in OPTIONS and not [word for word in OPTIONS if re.search(r"\bnet|\bnic|e1000|-net", word)]
    configuration = Configuration("bochs", "2.7", True, True, "term", "corei7_haswell_4770", 2)
    assert not [line for line in configuration.lines("x.iso") if re.match(r"ne2k|e1000|pnic|pcidev|slirp", line)]
    boot = read(HARNESS / "vm" / "v86" / "boot.mjs")
    assert 'net_device: { type: "none" }' in boot and "relay" not in boot


def found(pattern: str) -> list[tuple[str, str]]:
    """What the harness's sources have of this, each with its file."""
    return [(str(path.relative_to(ROOT)), each) for path in SOURCES for each in re.findall(pattern, read(path), re.M)]


def test_whatever_listens_does_so_here_alone():
    made = found(r"\bsocket\.socket\((.*)\)$")
    assert made and not [each for _, each in made if each != "socket.AF_UNIX" and not each.startswith("fileno=")]
    served = found(r"create_server\((.*)\)")
    assert served and not [each for _, each in served if not each.startswith('("127.0.0.1", ')]
    for path in [*SOURCES, *(ROOT / "agent").glob("*.[chS]"), *(HARNESS / "vm" / "v86").glob("*.mjs")]:
        assert not re.search(r"0\.0\.0\.0|INADDR_ANY|AF_INET|createServer|WebSocket", read(path)), path
        assert not re.search(r"tcp:(?!127\.0\.0\.1|\{GDB_ADDRESS\}|\")|host=(?!127\.0\.0\.1)\d", read(path)), path


def test_nothing_but_the_installation_asks_for_root():
    files = [*SOURCES, ROOT / "Makefile", *(ROOT / "dist").iterdir(), *(ROOT / "agent").glob("*.[chS]")]
    word = r"\b(sudo|pkexec|doas|seteuid|setuid|setreuid)\b"
    assert not [path for path in files if re.search(word, read(path))]
    functions = re.findall(r"^(\w+)\(\) \{\n((?:(?!\}$).*\n)*)\}$", read(HARNESS / "deps.sh"), re.M)
    assert [name for name, body in functions if re.search(word, body)] == ["install"]


def test_what_npm_fetches_is_pinned_by_its_checksum():
    packages = json.loads(read(HARNESS / "vm" / "v86" / "package-lock.json"))["packages"]
    fetched = {name: package for name, package in packages.items() if name}
    assert fetched and all(package["integrity"].startswith("sha512-") for package in fetched.values())
    assert set(re.findall(r"\bnpm (ci|i|install|update|exec)\b|\bnpx\b", read(HARNESS / "deps.sh"))) == {"ci"}


IMPORT = r"^\s*(?:import|from) (%s)\b"


def test_nothing_else_is_downloaded():
    """Beside what apt and npm fetch, the archive's launcher asks pip, which SECURITY.md says.

    make bench talks with chromedriver by HTTP, on this machine.
    """
    assert found(IMPORT % "socket")
    speaks = found(IMPORT % r"urllib(?!\.parse\b)|http|requests|ftplib|smtplib|ssl|xmlrpc|telnetlib|aiohttp|httpx")
    assert {path for path, _ in speaks} == {"harness/bench/browser.py"}
    assert re.findall(r"https?://[^\"]*", read(HARNESS / "bench" / "browser.py")) == ["http://127.0.0.1:{port}/session"]
    scripts = [ROOT / "Makefile", HARNESS / "deps.sh", *(ROOT / "dist").iterdir()]
    assert not [path for path in scripts if re.search(r"\b(curl|wget|git clone)\b", read(path))]
    assert found(r'"pip", "(?:install|download)"') == [("dist/run.py", '"pip", "install"')]


def test_nothing_of_ours_unpacks_an_archive():
    assert not found(r"\.extract(?:all)?\(|unpack_archive")
    assert {each for _, each in found(r'"(dpkg-deb|tar|unzip|cpio|bsdtar|7z|ar|rpm2cpio)"[,\])]')} == {"dpkg-deb"}


def test_no_shell_is_given_a_text():
    """But one of the program's own, which takes its values as words beside it."""
    assert not found(r"shell=|os\.(?:system|popen)\(|getoutput|getstatusoutput|create_subprocess_shell")
    texts = [each for _, each in found(r'"(?:/bin/)?(?:sh|bash|cmd|cmd\.exe|powershell)", "[-/][cC]", ([^,\]]*)')]
    assert texts and all(re.fullmatch(r"'[^']*'|\"[^\"]*\"", text) for text in texts)


def test_nothing_else_is_evaluated():
    assert {file for file, _ in found(r"(?<![\w.])(?:eval|exec)\(")} == {"harness/catalogue/expression.py"}
    assert not found(IMPORT % "pickle|marshal|shelve|yaml")
