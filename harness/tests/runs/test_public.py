# SPDX-License-Identifier: BSD-2-Clause
"""What of a run may be sent: the same, without the paths and names of whoever ran it, and nothing else."""

import getpass
import json
import os
import shlex
import socket
import subprocess
import tarfile
from pathlib import Path

import pytest

from harness.judging.result import Judgement, Result, Verdict
from harness.runs import public, read
from harness.runs.private_words import is_telling, private_words, replacing
from harness.runs.record import write_json, write_verdicts
from harness.system.errors import WrongQuestion
from harness.tests.aim import make_settings
from harness.tests.command import harness
from harness.tests.faults import fault
from harness.verbs.run import run
from harness.vm.script import cmd_default_of, default_of, portable, write_cmd, write_script

GUEST = "trapline 1 mode=kernel64 cpus=2 cases=1\nbegin int3@kernel64\n#BP cpu=0 rip=after flags=- cs=kernel\n"


@pytest.fixture
def jane(tmp_path, monkeypatch) -> Path:
    """The home of somebody whose names are known to everything that asks the system."""
    home = tmp_path / "jörg jane"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(getpass, "getuser", lambda: "jane")
    monkeypatch.setattr(socket, "gethostname", lambda: "workbench.example.org")
    return home


def leave_a_run(home: Path) -> Path:
    """All that a run can leave, with private words wherever they can be."""
    run = home / "trapline" / "build" / "runs" / "20260101-120000-7"
    folder = run / "tcg-step-guest64-1"
    folder.mkdir(parents=True)
    qemu = str(home / "qemu" / "build" / "qemu-system-x86_64")
    boot = '"$qemu" -kernel "$here/../guest64.elf" -L' + shlex.quote(str(home / "share"))
    write_script(folder / "command", [default_of("QEMU", qemu), boot])
    write_cmd(folder / "command.cmd", [cmd_default_of("QEMU", r"C:\Users\Jane Roe\qemu\qemu-system-x86_64.exe")])
    table = {
        "platform": "tcg",
        "description": f"QEMU 9 ({qemu})",
        "program": qemu,
        "host": {"system": "Linux", "release": "6.1-jane@WORKBENCH"},
        "image": {"name": "guest64.elf", "sha256": ""},
    }
    write_json(folder / "platform.json", table)
    reason = f"{qemu}:\t'C:\\Users\\jane\\x'\njane"
    judged = Judgement(Verdict.CRASH, reason)
    write_verdicts(folder, [Result("int3@kernel64", "tcg", "step", judged, run=folder, seen=["#BP cs=kernel"])])
    said = f"{folder}/debugger.gdb:3: Error\n{home}/.gdbinit of jane on workbench\n"
    for name in ("gdb.log", "stderr.log", "backtrace.txt", "bochs.log", "dump.txt"):
        (folder / name).write_text(said)
    (folder / "serial.log").write_text(GUEST)
    (run / "guest64.elf").write_bytes(b"\x7fELF")
    (run / "notes of jane").write_text("private")
    return folder


PRIVATE = (b"jane", b"workbench", "jörg".encode(), b"j\\u00f6rg", b"example.org", b"roe")


def test_nothing_private_is_in_what_may_be_sent(jane, tmp_path):
    folder = leave_a_run(jane)
    target = tmp_path / "public"
    said = public.publish(read.read([folder.parent]), target)
    copies = {str(path.relative_to(target)): path for path in target.rglob("*") if path.is_file()}
    run = folder.parent.name
    assert set(copies) == {f"{run}/guest64.elf", *(f"{run}/{folder.name}/{path.name}" for path in folder.iterdir())}
    for path in copies.values():
        assert not [word for word in PRIVATE if word in path.read_bytes().lower()], path
    assert len(said) == 1 and "public" in said[0]
    copy = target / run / folder.name
    assert (copy / "gdb.log").read_text() == f"{folder.name}/debugger.gdb:3: Error\n~/.gdbinit of user on host\n"
    assert (copy / "serial.log").read_text() == GUEST
    assert os.access(copy / "command", os.X_OK) and not os.access(copy / "gdb.log", os.X_OK)
    assert 'set "QEMU=~\\qemu\\qemu-system-x86_64.exe"' in (copy / "command.cmd").read_text()
    assert json.loads((copy / "platform.json").read_text())["host"]["release"] == "6.1-user@host"


def test_a_public_copy_is_a_run_like_any_other(jane, tmp_path):
    folder = leave_a_run(jane)
    public.publish(read.read([folder]), tmp_path / "public")
    ((result,),) = [vm.results for vm in read.read([tmp_path / "public"])]
    assert (result.case, result.verdict, result.seen) == ("int3@kernel64", Verdict.CRASH, ["#BP cs=kernel"])
    assert result.run == tmp_path / "public" / folder.parent.name / folder.name


def test_an_archive_tells_of_nobody(jane, tmp_path):
    public.publish(read.read([leave_a_run(jane)]), tmp_path / "sent.tar.gz")
    with tarfile.open(tmp_path / "sent.tar.gz") as archive:
        entries = archive.getmembers()
    assert {(entry.uname, entry.gname, entry.uid, entry.gid) for entry in entries} == {("", "", 0, 0)}
    assert {entry.name.partition("/")[0] for entry in entries} == {"sent"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [jane.name, "sent.tar.gz"]


@pytest.mark.parametrize(
    "name", ["sent.zip", "sent.tgz", "sent.tar", "sent.tar.xz", "sent.7z", "SENT.TAR.GZ", "v1.0.zip"]
)
def test_an_archive_of_another_form_is_refused(jane, tmp_path, name):
    """It would be a folder of that name."""
    kept = read.read([leave_a_run(jane)])
    with pytest.raises(WrongQuestion, match=f"--public .*{name}: an archive's name ends in .tar.gz: name it so$"):
        public.publish(kept, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_folder_may_have_a_dot_in_its_name(jane, tmp_path):
    public.publish(read.read([leave_a_run(jane)]), tmp_path / "qemu-11.1")
    assert (tmp_path / "qemu-11.1").is_dir()


def test_a_verdict_s_file_does_not_tell_where_it_lies(jane):
    folder = leave_a_run(jane)
    (table,) = json.loads((folder / "verdict.json").read_text())
    assert table["run"] == folder.name
    assert read.read([folder])[0].results[0].run == folder


def test_nothing_is_copied_but_a_vm_s_own_files_and_its_image(jane, tmp_path, monkeypatch):
    """However the run's folder came about, which may be from elsewhere."""
    monkeypatch.setattr(public, "LARGEST", 4096)
    folder = leave_a_run(jane)
    (tmp_path / "secret.elf").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret.elf")
    os.mkfifo(folder / "pipe")
    (folder / "below").mkdir()
    (folder / "long").write_bytes(bytes(4097))
    platform = json.loads((folder / "platform.json").read_text())
    name = os.path.relpath(tmp_path / "secret.elf", folder.parent)
    write_json(folder / "platform.json", platform | {"image": {"name": name}})
    said = public.publish(read.read([folder]), tmp_path / "the" / "public" / "copy" / "of" / "it")
    names = {path.name for path in (tmp_path / "the").rglob("*") if path.is_file()}
    assert not names & {"link", "pipe", "long", "secret.elf", "guest64.elf"} and "gdb.log" in names
    assert [line.rpartition("/")[2] for line in said[1:]] == [
        *("below: is no file", "link: is no file", "long: has more than 0 MiB", "pipe: is no file"),
    ]


def test_runs_of_one_name_stand_beside_each_other(jane, tmp_path):
    folders = [leave_a_run(jane), leave_a_run(jane / "again")]
    public.publish(read.read(folders), tmp_path / "public")
    assert sorted(path.name for path in (tmp_path / "public").iterdir()) == ["20260101-120000-7", "20260101-120000-7-2"]


def test_where_one_is_stays(jane, tmp_path, monkeypatch):
    kept = read.read([leave_a_run(jane)])
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(WrongQuestion, match="^--public .: is where you are"):
        public.publish(kept, Path("."))
    assert Path.cwd().is_dir()


def test_what_is_there_is_not_written_over(jane, tmp_path):
    kept = read.read([leave_a_run(jane)])
    (tmp_path / "empty").mkdir()
    public.publish(kept, tmp_path / "empty")
    for there in (tmp_path / "empty", tmp_path / "empty" / "20260101-120000-7" / "guest64.elf"):
        with pytest.raises(WrongQuestion, match="^--public [^\n]*: is there already: name one that is not$"):
            public.publish(kept, there)


def test_where_nothing_can_be_written_one_line_says_so(jane):
    with pytest.raises(WrongQuestion, match="^--public /proc/nonexistent/x: cannot be written: [^\n]+$"):
        public.publish(read.read([leave_a_run(jane)]), Path("/proc/nonexistent/x"))


@pytest.mark.parametrize(
    "text, becomes",
    [
        ("/home/bob/x, /Users/bob: /home/bob", "~/x, ~: ~"),
        (r"c:\users\Bob Roe\x and C:/Users/bob", r"~\x and ~"),
        (r'"C:\\Users\\bob\\x"', r'"~\\x"'),
        (r"\\s\a\x \\\\s\\a\\x \\s\ab", r"share\x share\\x \\s\ab"),
        (r"D:\w\qemu\qemu.exe d:/w/qemu/x d:\\W\\qemu\\x D:\w\qemux", r"qemu.exe x x D:\w\qemux"),
        ("/srv/jörg/x /srv/jörgen", "trapline/x /srv/jörgen"),
        (r'"/srv/j\u00f6rg/x" /srv/j\303\266rg/x', r'"trapline/x" trapline/x'),
        (r"jane janet Jane's a_jane \njane mary-jane2 xjane", r"user janet user's a_user \nuser mary-jane2 xjane"),
        (
            "\x1b[1mjane \x1b[1;31mJANE\x1b[0m \x1b[Kjane \x1b(Bjane \x1bcjane",
            "\x1b[1muser \x1b[1;31muser\x1b[0m \x1b[Kuser \x1b(Buser \x1bcuser",
        ),
        (
            r"\x1b[1mjane \\x1b[1mjane \u001b[0mjane \033[1mjane \e[1mjane \x1b(Bjane",
            r"\x1b[1muser \\x1b[1muser \u001b[0muser \033[1muser \e[1muser \x1b(Buser",
        ),
        ("\x9b1mjane", "\x9b1muser"),
        (r"\x9b1mjane \302\2331mjane \u009b1mjane", r"\x9b1muser \302\2331muser \u009b1muser"),
        (
            r"\033jane \x1bjane \x07jane \u00e9jane \U0001F600jane \0jane \ajane",
            r"\033user \x1buser \x07user \u00e9user \U0001F600user \0user \auser",
        ),
        ("file:%2Fsrv%2fjane%20jane [1mjane x1bjane 033jane", "file:%2Fsrv%2fuser%20user [1mjane x1bjane 033jane"),
        ("-I/srv/run/x /srv/run /srv/runs", "-Ix host host"),
    ],
)
def test_words_are_found_however_a_file_spells_them(text, becomes):
    words = {
        "D:\\w\\qemu\\": "",
        r"\\s\a": "share",
        "/srv/jörg": "trapline",
        "jane": "user",
        "/srv/run/": "",
        "/srv/run": "host",
    }
    words |= {"/srv/runs": "host"}
    assert replacing(words)(text.encode()).decode() == becomes
    assert replacing(words)(becomes.encode()).decode() == becomes


def test_bytes_that_are_no_text_stay():
    assert replacing({"jane": "user"})(b"\xff\0jane\xfe") == b"\xff\0user\xfe"


def test_a_root_is_no_private_word(monkeypatch, tmp_path):
    """As in a container, where the user may have no home, no name, and the program no folder."""
    monkeypatch.setenv("HOME", "/")
    monkeypatch.setattr(getpass, "getuser", lambda: {}["none"])
    words = private_words(tmp_path, ["/qemu", "qemu", "./qemu", "C:\\qemu.exe", "/usr/bin/qemu"])
    assert all(len(word) > 3 for word in words) and "/usr/bin/" not in words


def test_a_place_is_private_as_it_is_said_and_where_it_leads(monkeypatch, tmp_path):
    (tmp_path / "data" / "jane" / "run").mkdir(parents=True)
    (tmp_path / "people").symlink_to(tmp_path / "data")
    monkeypatch.setenv("HOME", str(tmp_path / "people" / "jane"))
    replace = replacing(private_words(tmp_path / "people" / "jane" / "run", []))
    text = f"{tmp_path}/data/jane/x {tmp_path}/people/jane/x {tmp_path}/data/jane/run/x {tmp_path}/people/jane/run/x"
    assert replace(text.encode()) == b"~/x ~/x x x"


@pytest.mark.parametrize("name, tells", [("jane", True), ("joe", False), ("root", False), ("Runner", False)])
def test_a_name_that_many_have_tells_nothing(name, tells):
    assert is_telling(name) is tells


def test_a_text_without_private_words_is_not_gone_through_for_each():
    text = b"/usr/share C: \\ begin int3@kernel64\n" * 1000
    assert replacing({f"/srv/{number}": "x" for number in range(100)} | {"jane": "user"})(text) is text


@pytest.mark.parametrize(
    "line, becomes",
    [
        ("qemu=${QEMU:-/usr/bin/qemu-system-x86_64}", "qemu=${QEMU:-qemu-system-x86_64}"),
        ("qemu=${QEMU:-10.0.13}", "qemu=${QEMU:-10.0.13}"),
        ("qemu=${QEMU:-'/home/a b/qemu'}", "qemu=${QEMU:?say QEMU=path: the report is of QEMU 9}"),
        ("trapline=${TRAPLINE:-/home/a/trapline}", "trapline=${TRAPLINE:-$PWD}"),
    ],
)
def test_programs_of_another_machine(line, becomes):
    assert portable(f"#!/bin/sh\n{line}\nexec x\n", "QEMU 9") == f"#!/bin/sh\n{becomes}\nexec x\n"


@pytest.mark.skipif(os.name != "posix", reason="takes a POSIX shell")
def test_a_shell_takes_no_word_of_a_script_for_its_own(tmp_path):
    """Neither a program's path nor what a platform is called."""
    nasty = "/x/$(touch a)`touch b`'; touch c; \"}; touch d"
    shell = ["sh", "-c"]
    value = default_of("QEMU", nasty)
    done = subprocess.run([*shell, f'{value}\nprintf %s "$qemu"'], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == nasty
    done = subprocess.run([*shell, portable(value, nasty)], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0 and "say QEMU=path" in done.stderr
    assert list(tmp_path.iterdir()) == []


@fault("file", "run --public {id}", "exit status 2, before anything runs: {words}")
@pytest.mark.parametrize(
    "name, words",
    [
        pytest.param("sent.zip", "an archive's name ends in .tar.gz: name it so", id="NAME.zip"),
        pytest.param("there", "is there already: name one that is not", id="a file that is there"),
        pytest.param(".", "is where you are, and is to be replaced: name another folder", id="the folder where one is"),
    ],
)
def test_a_run_does_not_begin_where_its_copy_cannot_be(tmp_path, monkeypatch, capsys, name, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    (tmp_path / "there").write_text("mine")
    monkeypatch.chdir(tmp_path / "here" if name == "." else tmp_path)
    with pytest.raises(WrongQuestion) as refused:
        run(make_settings(case="int3@kernel64"), public=name)
    assert str(refused.value) == f"PUBLIC={name}: {words}"
    assert capsys.readouterr().out == "" and (tmp_path / "there").read_text() == "mine"


@pytest.mark.slow
def test_a_run_leaves_what_may_be_sent(private, tmp_path):
    """Of itself alone, and whatever its verdict is."""
    words = ["--accel", "tcg", "--debugger", "detached", "--case", "int3@kernel64"]
    for name, cpu, status in (("green", "max", 0), ("red", "nosuch", 1)):
        done = harness(private, "run", *words, "--cpu", cpu, "--public", str(tmp_path / f"{name}.tar.gz"))
        assert done.returncode == status, done.stdout + done.stderr
        assert done.stdout.splitlines()[-1].startswith(f"to send: {tmp_path}/{name}.tar.gz: read it before")
        with tarfile.open(tmp_path / f"{name}.tar.gz") as archive:
            names = archive.getnames()
        assert len([each for each in names if each.endswith("/verdict.json")]) == 1, names
        assert {each.partition("/")[0] for each in names} == {name}
