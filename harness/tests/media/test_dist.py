# SPDX-License-Identifier: BSD-2-Clause
"""The archive for machines without a compiler: made, unpacked where paths are unusual, and run."""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from harness.media import dist, iso, version
from harness.media.sbom import sbom
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.system.places import BUILD, ROOT
from harness.tests.checkout.test_make import make
from harness.tests.table import row

pytestmark = pytest.mark.slow

can_make = pytest.mark.skipif(
    bool(iso.obstacle()) or not (ROOT / ".git").exists(), reason=iso.obstacle() or "this is no checkout"
)
ONE_ARCHIVE = pytest.mark.xdist_group("dist")  # what needs the fixture `archive` is in one worker, which makes it once
NEEDED = ("sh", "dirname", "uname", "qemu-system-x86_64", "gdb")


@pytest.fixture(scope="module")
def archive() -> Path:
    done = make("dist")
    assert done.returncode == 0, done.stdout + done.stderr
    return Path(re.search(r"^(/.*\.zip): \d", done.stdout, re.MULTILINE).group(1))


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("dist") / "leer für"
    with zipfile.ZipFile(archive) as file:
        file.extractall(place)
    (top,) = place.iterdir()
    return top


@pytest.fixture
def no_compiler(private, tmp_path) -> dict:
    """An environment with what running needs and nothing else."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in NEEDED:
        (programs / name).symlink_to(shutil.which(name))
    (programs / "python3").symlink_to(sys.executable)
    return {"PATH": str(programs), "TMPDIR": private["TMPDIR"]}


@ONE_ARCHIVE
@can_make
def test_it_runs_without_a_compiler_below_any_name(unpacked, no_compiler):
    command = ["sh", str(unpacked / "run.sh"), "--accel", "tcg", "--case", "int3@kernel64,stepi_pushf@user32"]
    command += ["--debugger", "detached,step,script", "--table", "full"]
    done = subprocess.run(command, env=no_compiler, cwd="/", capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert row(done.stdout, "int3@kernel64").count("pass") > 1
    assert str(ROOT) not in done.stdout
    assert list((unpacked / "build" / "runs").glob("*/tcg-step-guest64-1/gdb.log"))


@ONE_ARCHIVE
@can_make
def test_it_is_made_in_a_checkout_alone(unpacked, no_compiler):
    done = subprocess.run(["sh", str(unpacked / "run.sh"), "dist"], env=no_compiler, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("trapline: dist: ") and done.stderr.count("\n") == 1


@ONE_ARCHIVE
@can_make
def test_it_says_its_version(unpacked, no_compiler):
    done = subprocess.run(
        ["sh", str(unpacked / "run.sh"), "--version"], env=no_compiler, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, f"{unpacked.name.replace('-', ' ', 1)}\n")


# What runs leave in it.
LEFT = re.compile(r"__pycache__|build/(runs|report|found-python|__pycache__|python)\b")


@ONE_ARCHIVE
@can_make
def test_it_holds_what_it_says(unpacked):
    files = {str(path.relative_to(unpacked)): path for path in unpacked.rglob("*") if path.is_file()}
    files = {name: path for name, path in files.items() if not LEFT.search(name)}
    sums = dict(reversed(line.split("  ", 1)) for line in (unpacked / dist.SUMS).read_text().splitlines())
    assert set(files) == {*sums, dist.SUMS}
    assert all(hashlib.sha256(files[name].read_bytes()).hexdigest() == value for name, value in sums.items())
    document = json.loads((unpacked / dist.CONTENTS).read_text())
    assert {entry["fileName"].removeprefix("./") for entry in document["files"]} == {*sums} - {dist.CONTENTS}
    for name in ("build/guest32.elf", "build/guest64.elf", "build/trapline.iso", "run.cmd", "cases/int/icebp.log"):
        assert name in sums
    assert b"\r\n" in (unpacked / "run.cmd").read_bytes()


@ONE_ARCHIVE
@can_make
def test_nothing_made_tells_where(unpacked):
    for name in [*dist.MADE, dist.ISO, dist.CONTENTS]:
        assert str(ROOT).encode() not in (unpacked / name).read_bytes(), name


@ONE_ARCHIVE
@can_make
def test_the_debug_information_is_of_the_image(unpacked):
    """It is linked once more, so that nothing of nasm's is in it: to the same addresses."""
    for width in (32, 64):
        names = [unpacked / "build" / f"guest{width}{suffix}" for suffix in (".elf", ".debug.elf")]
        one, other = (subprocess.run(["nm", name], capture_output=True, text=True, check=True).stdout for name in names)
        assert (
            set(re.findall(r"(\w{8}) . (\w+)$", one, re.M))
            == set(re.findall(r"(\w{8}) . (\w+)$", other, re.M))
            != set()
        )
        sections = subprocess.run(["objdump", "-h", names[1]], capture_output=True, text=True, check=True).stdout
        assert ".debug_line" in sections


@ONE_ARCHIVE
@can_make
def test_the_same_is_packed_at_another_time(archive):
    first = archive.read_bytes()
    again = make("dist")
    assert again.returncode == 0 and str(archive) in again.stdout
    assert archive.read_bytes() == first
    assert (BUILD / dist.SUMS).read_text() == f"{hashlib.sha256(first).hexdigest()}  {archive.name}\n"


@pytest.mark.skipif(bool(iso.obstacle()), reason=iso.obstacle())
def test_an_iso_of_a_given_time_is_always_the_same(settings, tmp_path):
    images = [BUILD / "guest32.elf", BUILD / "guest64.elf"]
    made = []
    for name, epoch in (("a", 1_700_000_000), ("b", 1_700_000_000), ("c", None)):
        iso.make_iso(tmp_path / name, images, Deadlines(), epoch=epoch)
        made.append((tmp_path / name).read_bytes())
        time.sleep(1.1)
    assert made[0] == made[1] != made[2]


def test_the_epoch(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert version.find_epoch() == 1_700_000_000
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(WrongQuestion, match="SOURCE_DATE_EPOCH=yesterday: expected seconds"):
        version.find_epoch()


def test_packing_hangs_on_nothing_but_names_and_contents(tmp_path):
    files = {"b": b"2", "a/c": b"1"}
    for name, order in (("x.zip", list(files)), ("y.zip", list(reversed(files)))):
        dist.pack(tmp_path / name, "top", {key: files[key] for key in order}, {"a/c"}, 1_700_000_000)
    assert (tmp_path / "x.zip").read_bytes() == (tmp_path / "y.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "x.zip") as file:
        assert [(entry.filename, entry.external_attr >> 16 & 0o777) for entry in file.infolist()] == [
            ("top/a/c", 0o755),
            ("top/b", 0o644),
        ]


def test_the_bill_of_materials_refers_to_nothing_that_is_not_in_it():
    files = {"a b": b"1", "a-b": b"2", "x.iso": b"3"}
    document = json.loads(sbom("1.0", 0, files, "x.iso", "GRUB 2", {"gcc": "12"}, ["QEMU"]))
    parts = [*document["packages"], *document["files"]]
    names = {part["SPDXID"] for part in parts} | {document["SPDXID"]}
    assert len(names) == len(parts) + 1
    assert all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", name) for name in names)
    for relation in document["relationships"]:
        assert {relation["spdxElementId"], relation["relatedSpdxElement"]} <= names
    licenses = {entry["fileName"]: entry["licenseConcluded"] for entry in document["files"]}
    assert licenses == {
        "./a b": "BSD-2-Clause",
        "./a-b": "BSD-2-Clause",
        "./x.iso": "BSD-2-Clause AND GPL-3.0-or-later",
    }


def launcher(tmp_path, modules: str) -> Path:
    """run.py with a harness that prints its arguments, and wants these modules."""
    (tmp_path / "harness").mkdir()
    lines = [f"{module}  # import {module}\n" for module in modules.split(", ")]
    (tmp_path / "requirements.txt").write_text("".join(lines))
    (tmp_path / "harness" / "__init__.py").write_text("")
    (tmp_path / "harness" / "__main__.py").write_text(f"import sys, {modules}\nprint(sys.argv[1:])\n")
    return shutil.copy(ROOT / "dist" / "run.py", tmp_path)


@pytest.mark.parametrize(
    "given, passed",
    [(["--accel", "tcg"], ["run", "--accel", "tcg"]), (["judge", "x y"], ["judge", "x y"])],
)
def test_the_launcher_runs_unless_it_is_told_otherwise(tmp_path, given, passed):
    command = [sys.executable, launcher(tmp_path, "json"), *given]
    assert subprocess.run(command, capture_output=True, text=True).stdout.strip() == str(passed)


def test_the_launcher_alone_leaves_an_archive_to_send(tmp_path):
    done = subprocess.run([sys.executable, launcher(tmp_path, "json")], capture_output=True, text=True)
    verb, option, archive = ast.literal_eval(done.stdout)
    assert (verb, option, Path(archive).parent) == ("run", "--public", tmp_path)
    assert re.fullmatch(r"trapline-\d{8}-\d{6}\.tar\.gz", Path(archive).name)


def wheel(directory: Path, name: str) -> None:
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(directory / f"{name}-1.0-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}.py", "")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


def test_the_launcher_fetches_modules_that_are_missing(tmp_path):
    """From a folder instead of PyPI; where it cannot, it says what to install."""
    command = [sys.executable, launcher(tmp_path, "json, trapline_missing"), "list"]
    environment = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": tmp_path.as_uri()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
    assert "trapline: cannot; install trapline_missing for a Python of yours" in done.stderr
    if not (tmp_path / "build" / "python" / "bin" / "pip").exists():
        pytest.skip("this Python has no ensurepip, so that no venv can be made")
    wheel(tmp_path, "trapline_missing")
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "['list']\n"), done.stderr
    done = subprocess.run(command, env=os.environ | {"PIP_NO_INDEX": "1"}, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("['list']\n", "")


def test_what_gdb_is_given_calls_no_programs():
    """Beside QEMU, gdb and Python there may be none: no shell, no sed, as on Windows."""
    files = [*(ROOT / "cases").glob("*/*.gdb"), *(ROOT / "harness" / "debugger" / "commands").glob("*.gdb")]
    lines = [line.strip() for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 100
    assert not [line for line in lines if re.match(r"(pipe|shell|make|python|compile)\b|[|!]", line)]
