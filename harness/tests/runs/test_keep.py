# SPDX-License-Identifier: BSD-2-Clause
"""What stays in build/runs, and what a command removes there before it adds a run of its own."""

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.runs import keep
from harness.runs.folders import make_folder
from harness.runs.keep import TIMES_RED, hold_all, make_room
from harness.runs.record import Record, write_json
from harness.system import process
from harness.system.places import ROOT
from harness.tests.faults import fault

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no such locks here")

GREEN, RED = "known", "differs"


def add_run(runs: Path, number: int, *verdicts: str, more: str = "") -> Path:
    """A run as a command left it, later ones with larger numbers; a VM of it for each verdict, without one for ""."""
    run = runs / f"20260101-{number:06}-77{more}"
    run.mkdir(parents=True)
    (run / "guest64.elf").write_bytes(b"x" * 1000)
    for place, verdict in enumerate(verdicts, 1):
        folder = run / f"tcg-detached-guest64-{place}"
        folder.mkdir()
        results = [{"case": "a", "verdict": "pass", "reason": '"verdict": "hang"'}, {"case": "b", "verdict": verdict}]
        if verdict:
            write_json(folder / "verdict.json", results)
    return run


def left(runs: Path) -> list[int]:
    return sorted(int(path.name.split("-")[1]) for path in runs.iterdir())


def test_the_last_ones_stay_and_all_that_is_not_green(tmp_path):
    for number, verdicts in enumerate([(GREEN,), (RED,), (GREEN, ""), (GREEN, GREEN), (), (GREEN,), (GREEN,)]):
        add_run(tmp_path, number, *verdicts)
    said = make_room(tmp_path, 3)
    assert left(tmp_path) == [1, 2, 5, 6]  # and the one that is to come
    assert len(said) == 1 and said[0].startswith("removed 3 earlier runs (0.0 MB) from ") and "KEEP=3" in said[0]
    assert make_room(tmp_path, 3) == [] and left(tmp_path) == [1, 2, 5, 6]


@fault("file", "a run's verdict.json that is cut", "the run counts as one that is not green, and stays")
def test_one_that_was_cut_while_it_wrote_its_verdicts_is_not_green(tmp_path):
    run = add_run(tmp_path, 1, GREEN)
    path = run / "tcg-detached-guest64-1" / "verdict.json"
    path.write_text(path.read_text()[:-3])
    assert make_room(tmp_path, 1) == [] and run.exists()


def test_a_bundle_for_a_report_stays(tmp_path):
    (add_run(tmp_path, 1, GREEN) / "qemu-1045.tar.gz").write_bytes(b"")
    assert make_room(tmp_path, 1) == [] and left(tmp_path) == [1]


def test_of_those_that_are_not_green_many_stay_but_not_all(tmp_path):
    for number in range(TIMES_RED * 2 + 4):
        add_run(tmp_path, number, RED)
    (line,) = make_room(tmp_path, 2)
    assert left(tmp_path) == list(range(3, TIMES_RED * 2 + 4)) and line.startswith("removed 3 earlier runs")


def test_all_stay_that_are_wanted(tmp_path):
    for number in range(5):
        add_run(tmp_path, number, GREEN)
    assert make_room(tmp_path, None) == [] and len(left(tmp_path)) == 5


def test_there_need_be_no_runs(tmp_path):
    assert make_room(tmp_path / "runs", 1) == []


def test_the_folders_of_one_command_are_one_run(tmp_path):
    for more in ("", "-1", "-2"):
        add_run(tmp_path, 1, GREEN, more=more)
    add_run(tmp_path, 2, GREEN)
    assert make_room(tmp_path, 3) == []
    (line,) = make_room(tmp_path, 2)
    assert left(tmp_path) == [2] and line.startswith("removed 1 earlier run (")


def test_one_command_numbers_its_folders(tmp_path):
    first, second, third = (Record(tmp_path).path.name for _ in range(3))
    assert [second, third] == [f"{first}-1", f"{first}-2"]


def test_what_is_not_a_run_of_ours_stays(tmp_path):
    elsewhere = add_run(tmp_path / "elsewhere", 1, GREEN)
    runs = tmp_path / "runs"
    (add_run(runs, 1, GREEN) / "notes.txt").write_text("mine")
    (runs / "20260101-000002-77").symlink_to(elsewhere)
    (runs / "20260101-000003-77").write_text("a file")
    add_run(runs, 4, GREEN).rename(runs / "baseline")
    (runs / "20260101-000005-77.zip").write_text("a file")
    add_run(runs, 6, GREEN, more=".old")
    before = sorted(runs.iterdir())
    assert make_room(runs, 1) == [] and sorted(runs.iterdir()) == before
    assert (elsewhere / "tcg-detached-guest64-1" / "verdict.json").exists()


def test_a_link_within_a_run_is_not_followed(tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("mine")
    runs = tmp_path / "runs"
    (add_run(runs, 1, GREEN) / "tcg-detached-guest64-1" / "link").symlink_to(precious)
    assert len(make_room(runs, 1)) == 1 and left(runs) == []
    assert (precious / "file").read_text() == "mine"


def test_runs_may_be_kept_on_another_disk(tmp_path):
    add_run(tmp_path / "disk", 1, GREEN)
    (tmp_path / "runs").symlink_to(tmp_path / "disk")
    assert len(make_room(tmp_path / "runs", 1)) == 1 and left(tmp_path / "disk") == []


# Makes runs as a command does, says which, and waits.
WRITER = """
import sys
from pathlib import Path
from harness.runs.folders import make_folder
print(make_folder(Path(sys.argv[1])).name, make_folder(Path(sys.argv[1])).name, flush=True)
sys.stdin.read()
"""


@fault("beside", "a run is removed that another command is writing", "it stays until that is gone")
def test_a_run_that_another_command_is_writing_stays_until_that_is_gone(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        folders = [tmp_path / name for name in writer.stdout.readline().split()]
        assert make_room(tmp_path, 1) == [] and all(folder.exists() for folder in folders)
        writer.kill()
    assert len(make_room(tmp_path, 1)) == 1 and not any(folder.exists() for folder in folders)


@fault("beside", "a run's folder is removed by another command at {moment}", "it is made again")
@pytest.mark.parametrize("moment", ["os.open", "fcntl.flock"])
def test_a_folder_that_is_removed_as_soon_as_it_is_made_is_made_again(tmp_path, monkeypatch, moment):
    step, removed = pkgutil.resolve_name(moment), []

    def late(*arguments, **options):
        for folder in [] if removed else tmp_path.iterdir():
            folder.rmdir()
            removed.append(folder)
        return step(*arguments, **options)

    monkeypatch.setattr(moment, late)
    assert make_folder(tmp_path).is_dir() and removed


@fault("beside", "two commands that remove old runs", "one of them does")
def test_two_that_make_room_do_not_do_it_at_once(tmp_path):
    add_run(tmp_path, 1, GREEN)
    with keep.locks.locked(tmp_path):
        assert make_room(tmp_path, 1) == [] and left(tmp_path) == [1]


@fault("beside", "a run that would remove old ones while tests run", "they stay")
def test_nothing_goes_while_tests_run(tmp_path, monkeypatch):
    add_run(tmp_path, 1, GREEN)
    held = hold_all(tmp_path)
    assert make_room(tmp_path, 1) == [] and left(tmp_path) == [1]
    os.close(held)
    assert len(make_room(tmp_path, 1)) == 1


@fault("machine", "an old run that cannot be removed", "2 earlier runs cannot be removed: ...: Permission denied")
def test_one_that_cannot_be_removed_is_said_and_keeps_no_other(tmp_path, monkeypatch):
    stuck = [add_run(tmp_path, number, GREEN) for number in (1, 2)]
    add_run(tmp_path, 3, GREEN)
    remove = keep.shutil.rmtree

    def refuse(path):
        if path in stuck:
            raise PermissionError(13, "Permission denied", str(path / "tcg-detached-guest64-1"))
        remove(path)

    monkeypatch.setattr(keep.shutil, "rmtree", refuse)
    removed, kept = make_room(tmp_path, 1)
    assert removed.startswith("removed 1 earlier run (") and left(tmp_path) == [1, 2]
    assert kept == f"2 earlier runs cannot be removed: {stuck[1]}: Permission denied"


@fault(
    "machine",
    "a file system without locks",
    "earlier runs stay: ... cannot be locked and looked through: No locks available",
)
def test_where_nothing_can_be_locked_that_is_said(tmp_path, monkeypatch):
    def refuse(path, **options):
        raise OSError(37, "No locks available")

    add_run(tmp_path, 1, GREEN)
    monkeypatch.setattr(keep.locks, "lock", refuse)
    assert make_folder(tmp_path).is_dir()
    (line,) = make_room(tmp_path, 1)
    assert line == f"earlier runs stay: {tmp_path} cannot be locked and looked through: No locks available"


def test_without_such_locks_what_may_still_be_written_to_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "POSIX", False)
    fresh, idle = add_run(tmp_path, 1, GREEN), add_run(tmp_path, 2, GREEN)
    for path in [idle, *idle.rglob("*")]:
        os.utime(path, (1e9, 1e9))
    assert len(make_room(tmp_path, 1)) == 1
    assert fresh.exists() and not idle.exists()


# A command whose runs are kept elsewhere.
ELSEWHERE = """
import sys
from pathlib import Path
from harness import command_line
from harness.runs import folders
folders.RUNS = Path(sys.argv.pop(1))
sys.exit(command_line.main())
"""


@pytest.mark.slow
def test_a_run_says_what_it_removed(private, tmp_path):
    for number in range(3):
        add_run(tmp_path, number, GREEN)
    own = ["run", "--accel=tcg", "--case=int3@kernel64", "--debugger=detached", "--keep=2"]
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path), *own]
    done = subprocess.run(command, cwd=ROOT, env=private, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("removed 2 earlier runs (") == 1
    assert len(list(tmp_path.iterdir())) == 2 and left(tmp_path)[0] == 2
