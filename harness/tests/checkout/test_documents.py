# SPDX-License-Identifier: BSD-2-Clause
"""Each command of the README and of docs/ is run, and prints what the page shows; or is read, and has a reason."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.catalogue.image import Image, read_images, select
from harness.command_line import make_parser
from harness.system.places import BUILD, ROOT
from harness.tests.broken import broken
from harness.tests.checkout.documents import PAGES, Command, commands, comparable, is_said
from harness.verbs.common import find_bug

COMMANDS = {page: list(commands(page)) for page in PAGES}
SHOWING = [page for page, found in COMMANDS.items() if any(command.shown is not None for command in found)]
NOT_SHOWN = [command for found in COMMANDS.values() for command in found if command.shown is None]

# Of whoever comes, and of the page that begins with the command that is wanted.
WHO_COMES = {
    "a suspected regression": "docs/bisect.md",
    "a crash dump": "docs/symbolize.md",
    "a CI": "docs/ci.md",
    "a question that nobody has asked": "docs/add-a-case.md",
    "a bug": "docs/add-a-bug.md",
    "a hypervisor of your own": "docs/add-a-platform.md",
    "Windows": "docs/whpx.md",
}

# What the pages show was printed with Debian 12's; other versions of QEMU have other bugs, of gcc other addresses.
SHOWN = "QEMU emulator version 7.2."


# Why a command is not run: the first of these expressions that is in it. A test's file, where that runs it.
REASONS = {
    r"^make (\S+ )*(deps|lab)\b": "installs, as root, from the network",
    r"run\.cmd\b|\.exe\b": "wants Windows",
    r"^(cd|git|dd|podman|gdb|lldb)\b": "wants a tree, a machine or a program of the reader's own",
    r"~/|=\.\.\.|\blaptop\.log|/dev/tty|\bFOLDER/|build/runs/20": "wants a file of the reader's own",
    r"\b(HOST|XEN|QEMU)=|BUG=qemu-1045": "wants a kernel, a QEMU or a Xen of the lab",
    r"\bACCEL=kvm|--accel kvm": "wants a /dev/kvm that is a reference",
    r"\bACCEL=bochs|BUG=xmhf": "takes minutes, in Bochs",
    r"\b(ud2|NAME)\b": "wants a case that is not there yet",
    r"^make (test|check|bugs|soak|matrix)\b": "takes minutes",
    r"^make run (MACHINE|BASELINE|KEEP|CASE=tf_|ACCEL=tcg ENGINE)": "takes minutes",
    r"^python3 -m zipfile|run\.sh --accel tcg": "media/test_dist.py",
    r"^make iso": "media/test_iso.py",
    r"^make gdb|^make help|^make compile_commands": "checkout/test_make.py",
    r"^make CC=clang": "checkout/test_clang.py",
    r"^make fuzz": "fuzz/test_fuzz.py",
    r"^make show": "verbs/test_show.py",
    r"^make upstream": "hunt/test_upstream.py",
    r"^make site|harness site": "site/test_site.py",
    r"harness diff": "runs/test_diff.py",
    r"-m pytest": "test_workers.py",
    r"^make run .*CASE=": "test_cases.py",
}


def reason(command: Command) -> str | None:
    """The expression that says why it is not run."""
    text = " ".join(command.words())
    return next((pattern for pattern in REASONS if re.search(pattern, text)), None)


def test_what_is_not_run_has_a_reason_and_no_reason_is_idle():
    assert [command.text for command in NOT_SHOWN if reason(command) is None] == []
    assert set(REASONS) - {reason(command) for command in NOT_SHOWN} == set()
    files = [why for why in REASONS.values() if why.endswith(".py")]
    assert [path for path in files if not (ROOT / "harness" / "tests" / path).is_file()] == []


def test_who_comes_finds_a_page_that_begins_with_a_command_and_what_it_prints():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for who, page in WHO_COMES.items():
        assert re.search(rf"^\| .*{who}.* \| \[{page}\]\({page}\): .* \|$", readme, re.MULTILINE), page
        assert re.match(r"# .*\n\n    [$>] ", (ROOT / page).read_text(encoding="utf-8")), page
        assert COMMANDS[page][0].shown, page


@pytest.fixture(scope="module")
def images() -> list[Image]:
    return read_images()


@pytest.mark.parametrize("page", PAGES)
def test_each_command_is_one(page, images):
    """make has its targets and knobs, the harness its verbs and options, and cases and bugs have these names."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: deps (.*)", makefile, re.MULTILINE).group(1).split())
    targets |= {"all", "deps", "compile_commands.json"}
    knobs = set(" ".join(re.findall(r"^\w*KNOBS := (.*)", makefile, re.MULTILINE)).split())
    parser = make_parser()
    (verbs,) = parser._subparsers._group_actions
    for command in COMMANDS[page]:
        asked, before = command.harness() or ([], [])
        names = {word.partition("=")[0] for word in command.words() if command.words()[0] == "make" and "=" in word}
        assert names <= knobs and set(before) <= targets, command.text
        if not asked or command.words()[0] == "make" and asked[0] not in verbs.choices:
            assert set(asked[:1]) <= targets, command.text
            continue
        options = parser.parse_args(asked)
        if options.verb in ("repro", "upstream") and options.bug:
            find_bug(options.bug)
        if options.verb == "run" and not re.search(r"\b(ud2|NAME)\b", options.case):
            select(images, options.case, options.mode)


@pytest.fixture
def folder(tmp_path, images) -> Iterator[Path]:
    """Where a reader is, with what the pages speak of."""
    (tmp_path / "build").symlink_to(BUILD)
    (tmp_path / "mine.toml").write_text(
        """\
name    = "mine"
command = ["my-vmm", "--kernel", "{image}", "--append", "{cmdline}", "--serial", "stdio"]
good    = [85]
"""
    )
    assert (tmp_path / "mine.toml").read_text() in "\n".join(
        line.removeprefix("    ") for line in (ROOT / "docs" / "add-a-platform.md").read_text().splitlines()
    )
    (tmp_path / "my-vmm").write_text(
        """\
#!/bin/sh
exec qemu-system-x86_64 -M q35 -cpu max -smp 2 -m 64 -nodefaults -display none -no-reboot \\
    -device isa-debug-exit,iobase=0xf4,iosize=4 -serial stdio -kernel "$2" -append "$4"
"""
    )
    (tmp_path / "my-vmm").chmod(0o755)
    yield tmp_path


UD2 = bytes.fromhex("0f0b")


def crash(folder: Path, images: list[Image]) -> None:
    """Leaves the log of a guest that meets an instruction that its CPU does not have."""
    image = broken(next(image for image in images if image.name == "guest64"), "case_icebp", UD2, folder)
    words = [folder / "my-vmm", "--kernel", image, "--append", "cases=icebp@kernel64"]
    with (folder / "serial.log").open("wb") as log:
        subprocess.run(words, stdout=log, stderr=subprocess.DEVNULL, timeout=60)


def move_in(folder: Path) -> None:
    """Has the harness take this folder for its checkout."""
    shutil.copytree(ROOT / "harness", folder / "harness", ignore=shutil.ignore_patterns("tests", "__pycache__"))
    (folder / "cases" / "int").mkdir(parents=True)


def run(command: Command, folder: Path, private: dict[str, str]) -> subprocess.CompletedProcess:
    if command.words()[0] == "cat":
        return subprocess.run(command.words(), cwd=folder, capture_output=True, text=True, timeout=60)
    program = "harness.tests.checkout.as_windows" if command.words()[0] == "run.cmd" else "harness"
    arguments = [sys.executable, "-m", program, *command.harness()[0]]
    environment = private | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
@pytest.mark.parametrize("page", SHOWING)
def test_it_prints_what_the_page_shows(page, folder, images, private):
    if "symbolize" in page:
        crash(folder, images)
    if "add-a-case" in page:
        move_in(folder)
    as_shown = SHOWN in subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True).stdout
    shown = [command for command in COMMANDS[page] if command.shown is not None]
    status = 0
    for command, following in zip(shown, [*shown[1:], None]):
        if command.text == "echo $?":
            assert [str(status)] == command.shown or not as_shown and status in (0, 1)
            continue
        done = run(command, folder, private)
        status = done.returncode
        assert status == 0 or following and following.text == "echo $?", done.stdout + done.stderr
        expected, seen = comparable(command.shown), comparable(done.stdout.splitlines())
        assert not as_shown or is_said(expected, seen), "\n".join([command.text, *expected, "--- but:", *seen])
