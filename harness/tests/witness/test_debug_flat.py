# SPDX-License-Identifier: BSD-2-Clause
"""debug.flat: found wherever KUT= may mean, listened to until its end, and changed for Bochs."""

import base64
import gzip
import os
import subprocess

import pytest

from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.tests.command import harness
from harness.witness import debug_flat, hear
from harness.witness.debug_flat import find_debug_flat
from harness.witness.for_bochs import NOP, WRMSR, for_bochs
from harness.witness.hear import Heard, listen

CROSS = os.environ.get("CROSS_COMPILE", "")

DISABLE_APIC = """
.globl start
.type disable_apic, @function
start: wrmsr
disable_apic:
{body}
.size disable_apic, . - disable_apic
wrmsr
"""


def test_the_file_that_kut_means(tmp_path):
    flat = tmp_path / "x86" / "debug.flat"
    flat.parent.mkdir()
    flat.touch()
    assert find_debug_flat(str(tmp_path)) == find_debug_flat(str(flat)) == flat


def installed(path, program):
    path.write_bytes(
        b"#!/usr/bin/env bash\nbase64 -d << 'BIN_EOF' | zcat > $other || exit 2\nAAAA\nBIN_EOF\n"
        b"base64 -d << 'BIN_EOF' | zcat > $bin || exit 2\n" + program + b"\nBIN_EOF\nrun debug\n"
    )
    return path


def test_one_that_is_installed_is_in_a_script(tmp_path, monkeypatch):
    script = installed(tmp_path / "debug", base64.encodebytes(gzip.compress(b"\x7fELF" + bytes(range(256)))).rstrip())
    monkeypatch.setattr(debug_flat, "INSTALLED", (tmp_path / "none", script))
    for kut in ("", str(script)):
        assert find_debug_flat(kut).read_bytes() == b"\x7fELF" + bytes(range(256))


@pytest.mark.parametrize(
    "program",
    [b"not base64", base64.b64encode(b"not gzip"), base64.b64encode(gzip.compress(b"x" * 99, mtime=0)[:-9])],
    ids=["base64", "gzip", "cut"],
)
def test_a_script_without_one_is_a_wrong_question(tmp_path, program):
    with pytest.raises(WrongQuestion, match="there is no program in this script"):
        find_debug_flat(str(installed(tmp_path / "debug", program)))


@pytest.mark.parametrize("verb", ["bench", "witness"])
def test_a_kut_that_is_none_is_a_wrong_question(private, verb):
    done = harness(private, verb, "--kut", "/nonexistent")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("trapline: KUT=/nonexistent: there is no /nonexistent: say a checkout of ")


def test_none_at_all_is_a_wrong_question(monkeypatch):
    monkeypatch.setattr(debug_flat, "INSTALLED", ())
    with pytest.raises(WrongQuestion, match="kvm-unit-tests are not installed: say KUT=, a checkout of "):
        find_debug_flat("")


@pytest.mark.parametrize(
    "script, lines, cut",
    [
        ("echo 'PASS: a'; echo 'SUMMARY: 1 tests'; exec sleep 60", ["PASS: a", "SUMMARY: 1 tests"], ""),
        ("echo 'PASS: a'; exit 3", ["PASS: a"], "QEMU exited with status 3"),
        ("kill -SEGV $$", [], "QEMU died of SIGSEGV"),
    ],
)
def test_it_is_heard_to_its_end(script, lines, cut):
    assert listen(["sh", "-c", script], Deadlines()) == Heard(lines, cut)


def test_silence_is_an_end(monkeypatch):
    monkeypatch.setattr(hear, "SILENCE", 0.2)
    assert listen(["sh", "-c", "echo 'PASS: a'; exec sleep 60"], Deadlines()) == Heard(["PASS: a"], "no line for 0.2 s")


def test_one_that_goes_on_and_on_is_ended(monkeypatch):
    monkeypatch.setattr(hear, "LONGEST", 0.4)
    heard = listen(["sh", "-c", "while echo 'PASS: a'; do sleep 0.05; done"], Deadlines())
    assert heard.cut == "not through after 0.4 s"


@pytest.fixture
def assemble(tmp_path):
    """A program with this disable_apic()."""

    def make(body):
        source = tmp_path / "start.s"
        source.write_text(DISABLE_APIC.format(body=body))
        subprocess.run([f"{CROSS}as", "--32", "-o", "start.o", str(source)], cwd=tmp_path, check=True)
        subprocess.run(
            [f"{CROSS}ld", "-melf_i386", "-e", "start", "-o", "debug.flat", "start.o"], cwd=tmp_path, check=True
        )
        return tmp_path / "debug.flat"

    return make


@pytest.mark.slow
def test_for_bochs_one_instruction_is_left_out(assemble):
    program = assemble("rdmsr\nand $-0xc01, %eax\nwrmsr\nret")
    before, after = program.read_bytes(), for_bochs(program)
    assert len(after) == len(before) and (before.count(WRMSR), after.count(WRMSR)) == (3, 2)
    assert after.count(NOP) == 1 and after.index(NOP) == before.index(WRMSR, before.index(WRMSR) + 1)


@pytest.mark.slow
def test_what_cannot_be_changed_for_bochs_is_a_wrong_question(assemble, tmp_path):
    with pytest.raises(WrongQuestion, match=r"there is no WRMSR in disable_apic\(\) to leave out"):
        for_bochs(assemble("ret"))
    other = tmp_path / "other"
    other.write_bytes(b"no ELF")
    with pytest.raises(WrongQuestion, match=r"there is no disable_apic\(\) in it"):
        for_bochs(other)
