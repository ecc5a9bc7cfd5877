# SPDX-License-Identifier: BSD-2-Clause
"""What is fetched, and what is said where it cannot be."""

import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.lab import apt, cache, fetch as fetching
from harness.lab.fetch import NAMES, resolve
from harness.lab.states import State
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT
from harness.tests.faults import fault

pytestmark = pytest.mark.usefixtures("root")


def test_every_name_can_be_resolved():
    assert [resolve(name) for name in NAMES][0] == ("bullseye", "linux")
    assert resolve("qemu-10") == resolve("qemu-10.0") == ("trixie", "qemu")


@fault("lab", "no apt", "exit status 2: only Debian's kernels and QEMUs can be fetched; get them yourself")
def test_without_apt_one_line_says_what_to_supply(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WrongQuestion, match="only Debian's kernels and QEMUs can be fetched; get them yourself"):
        apt.mirror()


@fault("lab", "no apt, for `make test`", "skipped: no emulated host here: apt-get is not there", 120)
@pytest.mark.slow
def test_where_no_host_can_be_had_one_line_below_the_tests_says_why(monkeypatch, tmp_path):
    for program in ("sh", "qemu-system-x86_64"):
        (tmp_path / program).symlink_to(shutil.which(program))
    monkeypatch.setenv("PATH", str(tmp_path))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "harness/tests/lab/test_lab_host.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.count("no emulated host here: apt-get is not there") == 1


@fault("lab", "an apt that knows no mirror of Debian", "exit status 2: apt knows no mirror of Debian here")
def test_another_distribution_is_told_what_to_supply(monkeypatch, tmp_path):
    for program in ("apt-get", "dpkg-deb"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WrongQuestion, match="apt knows no mirror of Debian here.*KERNEL=bzImage"):
        apt.mirror()


@fault("lab", "apt says `{output:.60}`", "exit status 2: {words}")
@pytest.mark.parametrize(
    "output, words",
    [
        ("Get:1 x\nW: GPG error: x\nE: The repository 'x' is not signed.\n", "E: The repository 'x' is not signed."),
        ("Err:1 x\n  Hash Sum mismatch\nW: Failed to fetch x\n", "Err:1 x"),
        (
            "dpkg-deb: error: 'x' is not a Debian format archive\n",
            "dpkg-deb: error: 'x' is not a Debian format archive",
        ),
        (
            "tar: x: Wrote only 1 of 2 bytes\ntar: y: Cannot open: No space left on device\ndpkg-deb: error: tar ...\n",
            "tar: y: Cannot open: No space left on device",
        ),
        ("", "without a word"),
    ],
)
def test_complaint(output, words):
    assert apt.complaint(output) == words


@pytest.mark.parametrize(
    "facts, words",
    [
        ({"release": ["6.1"], "kvm": ["0"]}, ""),
        ({"release": ["6.1"], "kvm": ["2"]}, "Linux 6.1 has no /dev/kvm .*: build KVM in, or say MODULES="),
        (
            {"release": ["6.1"], "kvm": ["2"], "failed": ["/modules/kvm_amd.ko:8"]},
            "its module does not load .Exec format error",
        ),
    ],
)
def test_obstacle(facts, words):
    said = State(Path(), facts).obstacle("kvm_amd")
    assert re.search(words, said) if words else said == ""


def test_what_is_there_in_any_version_is_not_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(apt, "mirror", lambda: "file:///nonexistent")
    asked: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(fetching, "_fetch_of", lambda suite, kinds, *_: asked.append((suite, kinds)))
    with cache.locked():
        for version, suite in (("4.16.1", "bookworm"), ("4.17.5", "bookworm"), ("4.20.4", "sid")):
            table = {"kind": "xen", "version": version, "package": f"{version}-1", "origin": suite}
            cache.make(lambda _, name=f"xen-{version}", table=table: (name, table))
    said: list[str] = []
    fetching.fetch(["xen-4.17", "xen-4.20", "qemu-7.2"], said.append, missing=True)
    assert said == ["xen-4.17.5 is there"] and sorted(asked) == [("bookworm", ["qemu"]), ("trixie", ["xen"])]
    monkeypatch.setattr(apt, "mirror", lambda: pytest.fail("nobody is asked"))
    fetching.fetch(["xen-4.17"], said.append, missing=True)


@fault("lab", "one of several suites cannot be fetched from", "exit status 2, and what the others have is kept")
def test_suites_are_fetched_from_at_once(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(apt, "mirror", lambda: "file:///nonexistent")
    both, done = threading.Barrier(2), []

    def fetch_of(suite: str, *_) -> None:
        both.wait(10)
        if suite == "sid":
            raise WrongQuestion("sid: gone")
        done.append(suite)

    monkeypatch.setattr(fetching, "_fetch_of", fetch_of)
    with pytest.raises(WrongQuestion, match="^sid: gone$"):
        fetching.fetch(["qemu-newest", "xen-4.17"], print)
    assert done == ["bookworm"]
