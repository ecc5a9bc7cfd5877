# SPDX-License-Identifier: BSD-2-Clause
"""The cache of what was fetched: found, made, replaced, removed, locked; and its names of QEMUs."""

import os
import threading
from pathlib import Path

import pytest

from harness.lab import cache
from harness.lab.fetch import fetch
from harness.lab.programs import lab_program
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.tests.faults import fault

pytestmark = pytest.mark.usefixtures("root")

NOBODY = {"version": "1.0", "package": "", "origin": ""}


def make_item(kind: str, version: str) -> Path:
    def build(directory: Path) -> tuple[str, dict]:
        (directory / "file").write_text(version)
        return f"{kind}-{version}", {"kind": kind, "version": version, "package": f"{version}-1", "origin": "test"}

    with cache.locked():
        return cache.make(build)


def test_cache_finds_by_the_numbers_that_a_version_begins_with():
    for version in ("10.0.13", "10.10.1", "9.2", "11.1"):
        make_item("qemu", version)
    make_item("linux", "12.0")
    assert cache.find("qemu", "10").version == "10.10.1"
    assert cache.find("qemu", "10.0").version == "10.0.13"
    assert cache.find("qemu", "10.1") is None
    assert cache.find("qemu", cache.NEWEST).version == "11.1"
    assert cache.find("qemu", "ten") is None
    assert [item.name for item in cache.items()] == [
        "linux-12.0",
        "qemu-9.2",
        "qemu-10.0.13",
        "qemu-10.10.1",
        "qemu-11.1",
    ]


def test_states_of_hosts_that_were_used_last_are_kept():
    names = [f"{cache.HOST}{number}" for number in range(4)]
    with cache.locked():
        for number, name in enumerate(names):
            place = cache.make(lambda directory, name=name: (name, {"kind": "host"}))
            os.utime(place / cache.TABLE, (number, number))
        make_kernel = cache.make(lambda directory: ("linux-1.0", {"kind": "linux", **NOBODY}))
        cache.touch(cache.root() / names[0])
        waits = cache.make(lambda directory: (f"{cache.WAITING}0", {"kind": "host"}))
        cache.forget_states(cache.HOST, 2)
    assert [path.name for path in cache.states(cache.HOST)] == [names[0], names[3]]
    assert make_kernel.exists() and cache.states(cache.WAITING) == [waits] and waits in cache.states()
    assert cache.touch(waits) and not cache.touch(cache.root() / names[1])


def make_state(name: str) -> Path:
    """As the state of a host in Bochs is, with a folder."""

    def build(directory: Path) -> tuple[str, dict]:
        (directory / "folder").mkdir()
        for file in ("memory", "folder/devices"):
            (directory / file).write_text(file)
        return name, {"kind": "host", "facts": {}}

    with cache.locked():
        return cache.make(build)


@fault("lab", "a booted host of which {file} is {how}", "it is not used but made anew; others are listed and removed")
@pytest.mark.parametrize("file", [cache.TABLE, "memory", "folder/devices"])
@pytest.mark.parametrize("how", ["empty", "cut", "gone"])
def test_a_state_that_is_not_whole_is_none(file, how):
    item, state = make_item("qemu", "1.0"), make_state(f"{cache.HOST}1")
    assert cache.touch(state)["kind"] == "host"
    path = state / file
    if how == "gone":
        path.unlink()
    else:
        path.write_text(path.read_text()[: 5 * (how == "cut")])
    assert cache.touch(state) is None
    assert [each.path for each in cache.items()] == [item]
    assert cache.touch(make_state(state.name))


@fault("lab", "what fetches a kernel is cut", "nothing that is half made is there")
def test_cache_shows_nothing_that_is_half_made(root):
    def fail(directory: Path) -> tuple[str, dict]:
        (directory / "file").write_text("half")
        raise OSError("cut")

    with cache.locked(), pytest.raises(OSError):
        cache.make(fail)
    assert cache.items() == [] and [path.name for path in root.iterdir()] == ["lock"]


@fault("lab", "what fetches a kernel is killed", "the next command removes what it left")
def test_cache_removes_what_a_killed_command_left(root):
    left = root / f"{cache.UNFINISHED}x" / "inside"
    left.mkdir(parents=True)
    (left / cache.TABLE).write_text("{}")
    assert cache.items() == []
    with cache.locked():
        assert not left.exists()


def test_cache_replaces_and_removes_items(root):
    make_item("qemu", "1.0")
    item = make_item("qemu", "1.0")
    assert [path.name for path in root.iterdir() if path.name != "lock"] == ["qemu-1.0"]
    cache.remove(item)
    assert [path.name for path in root.iterdir()] == ["lock"]


@fault("beside", "two commands that remove the same of the lab", "exit status 2: another command has removed it")
def test_what_another_command_has_removed_is_said(root):
    item = make_item("qemu", "1.0")
    cache.remove(item)
    with pytest.raises(WrongQuestion, match="^qemu-1.0: another command has removed it$"):
        cache.remove(item)
    assert [path.name for path in root.iterdir()] == ["lock"]


@fault("beside", "`lab list` beside a command that removes what it has found", "it is left out")
def test_what_is_removed_before_it_is_read_is_left_out(monkeypatch):
    item = make_item("qemu", "1.0")
    read = files.read_json

    def remove_first(path: Path):
        cache.remove(item)
        return read(path)

    monkeypatch.setattr(files, "read_json", remove_first)
    assert cache.items() == []


@fault("beside", "`lab list` beside a command that removes what it lists", "the size of what is left")
def test_the_size_of_what_is_being_removed(monkeypatch):
    item = make_item("qemu", "1.0")
    (item / "another").write_bytes(bytes(1 << 16))
    left = cache.size(item) - (item / "file").stat().st_blocks * 512
    walk = os.walk

    def remove_one(place: Path):
        for found in walk(place):
            (item / "file").unlink()
            yield found

    monkeypatch.setattr(os, "walk", remove_one)
    assert cache.size(item) == left


@fault("beside", "two commands that fetch for the lab", "the second waits, and says so")
def test_cache_lock_is_waited_for():
    waits = []
    taken = threading.Event()

    def second() -> None:
        with cache.locked(lambda: waits.append(True)):
            taken.set()

    with cache.locked():
        thread = threading.Thread(target=second)
        thread.start()
        assert not taken.wait(0.3)
    assert taken.wait(5) and waits == [True]
    thread.join()


def test_lab_names_of_programs():
    make_item("qemu", "10.0.13")
    make_item("bochs", "3.0")
    assert lab_program("qemu", "10").parent.name == "qemu-10.0.13"
    assert lab_program("qemu", "qemu-system-x86_64") is None and lab_program("qemu", "") is None
    assert lab_program("bochs", "3").parent.name == lab_program("bochs", cache.NEWEST).parent.name == "bochs-3.0"
    with pytest.raises(WrongQuestion, match="BOCHS=2.7: it is not here: run 'python3 -m harness lab fetch bochs-2.7'"):
        lab_program("bochs", "2.7")
    with pytest.raises(WrongQuestion, match="QEMU=5.2: it is not here: run 'python3 -m harness lab fetch qemu-5.2'"):
        lab_program("qemu", "5.2")


@fault("lab", "an item.json of the lab that is none", "exit status 2: qemu-1.0/item.json")
@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "2"}', '{"format": 2, "kind": "qemu"}', "[" * 10_000])
def test_a_table_that_is_none_is_said_with_its_place(text):
    (make_item("qemu", "1.0") / cache.TABLE).write_text(text)
    with pytest.raises(WrongQuestion, match="qemu-1.0/item.json: .*: remove its directory"):
        cache.items()


@fault("lab", "a cache whose path has a : or ; within", "exit status 2: set XDG_CACHE_HOME to another place")
@pytest.mark.parametrize("separator", ":;")
def test_a_place_that_no_program_starts_from_is_refused(tmp_path, monkeypatch, separator):
    place = tmp_path / f"a{separator}b"
    place.mkdir()
    (tmp_path / "link").symlink_to(place)
    for path in (place, tmp_path / "link"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(path))
        with pytest.raises(WrongQuestion, match=f"a{separator}b.*: the loader .*: set XDG_CACHE_HOME to another place"):
            fetch(["qemu-10.0"], print)
        assert cache.items() == [], "who has no lab needs none"
    make_item("qemu", "1.0")
    with pytest.raises(WrongQuestion, match="set XDG_CACHE_HOME to another place"):
        cache.items()
