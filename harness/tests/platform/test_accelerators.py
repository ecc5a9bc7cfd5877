# SPDX-License-Identifier: BSD-2-Clause
"""Accelerators of other systems: what their QEMUs say is understood, and none is taken for another.

The words of WHPX, HVF and NVMM are those of QEMU's sources and of reports; MSHV's are those of Debian's QEMU 11.1.3.
"""

import platform
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from harness.platform import (
    ACCELERATORS,
    QEMUS,
    REFERENCES,
    TCG,
    Platform,
    Unusable,
    accelerators_here,
    find_platforms,
    kvm,
    qemu,
)
from harness.report.terminal import platform_lines
from harness.tests.aim import make_target
from harness.tests.faults import fault

pytestmark = pytest.mark.slow

WHPX_OFF = """\
qemu-system-x86_64.exe: -accel whpx: Could not load library WinHvPlatform.dll.
qemu-system-x86_64.exe: -accel whpx: failed to initialize whpx: Function not implemented
"""
WHPX_NO_HYPERVISOR = """\
qemu-system-x86_64.exe: -accel whpx: WHPX: No accelerator found, hr=00000000
qemu-system-x86_64.exe: -accel whpx: failed to initialize whpx: No space left on device
"""
WHPX_IRQCHIP = """\
qemu-system-x86_64.exe: -accel whpx,kernel-irqchip=on: WHPX: kernel irqchip requested, but unavailable. \
Try without kernel-irqchip or with kernel-irqchip=off
"""
WHPX_DIES = """\
WHPX: setting APIC emulation mode in the hypervisor
Windows Hypervisor Platform accelerator is operational
"""
HVF_NESTED = """\
qemu-system-x86_64: -accel hvf: Error: HV_UNSUPPORTED
"""
MSHV_NONE = """\
qemu-system-x86_64: -accel mshv: Failed to open /dev/mshv: No such file or directory
qemu-system-x86_64: -accel mshv: failed to initialize mshv: Operation not permitted
"""
NVMM_NONE = """\
qemu-system-x86_64: -accel nvmm: NVMM: Initialization failed, error=2
"""


@pytest.fixture
def script(tmp_path: Path):
    """A QEMU of these words and this end; or one that is real, with other options."""

    def make(text: str) -> str:
        path = tmp_path / "qemu"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return make


def saying(words: str) -> str:
    version = 'case "$1" in --version) echo QEMU emulator version 10.2.2; exit;; esac'
    return f"{version}\ncat <<'WORDS'\n{words}WORDS\nexit 1"


def ask(accel: str, program: str) -> Platform | Unusable:
    return find_platforms(make_target(accel=accel, qemu=program), "")[0]


@fault("hypervisor", "an accelerator that refuses: {id}", "unusable: {meaning}")
@pytest.mark.parametrize(
    "accel, words, meaning",
    [
        pytest.param(
            "whpx", WHPX_OFF, "HypervisorPlatform is off: turn it on, and restart: QEMU exited", id="whpx off"
        ),
        pytest.param("whpx", WHPX_NO_HYPERVISOR, "Windows' hypervisor does not run", id="whpx without hypervisor"),
        pytest.param("whpx", WHPX_IRQCHIP, "no interrupt controller to give", id="whpx without irqchip"),
        pytest.param("hvf", HVF_NESTED, "no virtualization to give, as in a virtual machine", id="hvf in a VM"),
        pytest.param("mshv", MSHV_NONE, "root of Microsoft's hypervisor", id="mshv without device"),
        pytest.param("nvmm", NVMM_NONE, "/dev/nvmm does not open", id="nvmm without device"),
    ],
)
def test_the_words_of_real_programs_are_understood_and_kept(script, accel, words, meaning):
    found = ask(accel, script(saying(words)))
    assert isinstance(found, Unusable)
    assert meaning in found.reason
    assert words.splitlines()[0] in found.reason
    assert "\n" not in found.reason


@fault("hypervisor", "a QEMU without {accel}", "unusable: in QEMU's own words")
@pytest.mark.parametrize("accel", ["whpx", "hvf", "mshv", "nvmm"])
def test_a_qemu_that_is_built_without_one_says_so_itself(accel):
    """The real one's words: QEMU for this system has none of these, or no device for it."""
    found = ask(accel, "")
    if accel in accelerators_here() and isinstance(found, Platform):
        pytest.skip(f"{accel} works here")
    assert found.reason.startswith(tuple(QEMUS[accel].meanings.values()))
    assert f"-accel {accel}" in found.reason


@fault(
    "hypervisor",
    "an accelerator that refuses, in words that nobody knows",
    "unusable: the words, for each CPU model",
)
def test_words_that_are_not_known_are_told_for_each_cpu_model(script):
    found = ask("hvf", script(saying("qemu-system-x86_64: -accel hvf: something new\n")))
    assert found.reason.count("something new") == len(QEMUS["hvf"].cpus)


def test_what_whpx_greets_with_is_no_reason(script):
    assert ask("whpx", script(saying(WHPX_DIES))).reason.endswith("QEMU exited with status 1: without a word")


@fault("hypervisor", "a QEMU that takes TCG in the place of {accel}", "unusable: QEMU fell back to tcg")
@pytest.mark.parametrize("accel", [name for name in QEMUS if name != "tcg"])
def test_a_qemu_that_falls_back_is_unusable(script, accel):
    """As a QEMU would that was told of two accelerators: this one is given TCG whatever it is asked for."""
    real = shutil.which("qemu-system-x86_64")
    others = 'for word; do shift; case "$word" in kvm|whpx*|hvf|mshv|nvmm) word=tcg;; host) word=max;; esac'
    program = script(f'{others}; set -- "$@" "$word"; done; exec {real} "$@"')
    found = qemu.probe(replace(QEMUS[accel], obstacle=str), make_target(qemu=program))
    assert isinstance(found, Unusable)
    assert found.reason == "QEMU fell back to tcg"


@pytest.mark.parametrize(
    "version, option",
    [("7.1.0", "whpx,kernel-irqchip=off"), ("10.2.2", "whpx,kernel-irqchip=off"), ("11.0.0", "whpx")],
)
def test_whpx_is_told_what_its_version_needs(script, version, option):
    program = script(
        f'case "$1" in --version) echo QEMU emulator version {version}; exit;; esac; echo "qemu: $*"; exit 1'
    )
    reason = ask("whpx", program).reason
    assert f"-accel {option} " in reason
    assert "-machine pc" in reason and "-cpu" not in reason


def test_a_machine_that_is_asked_for_is_taken(script):
    (found,) = find_platforms(make_target(accel="hvf", machine="q35", qemu=script('echo "qemu: $*"; exit 1')), "")
    assert "-machine q35" in found.reason


@pytest.mark.parametrize(
    "system, names", [("Windows", ["tcg", "whpx"]), ("Darwin", ["tcg", "hvf"]), ("NetBSD", ["tcg", "nvmm"])]
)
def test_all_means_what_this_system_can_have(monkeypatch, system, names):
    monkeypatch.setattr(platform, "system", lambda: system)
    assert accelerators_here() == [*names, "bochs", "v86", "xen"]
    assert set(accelerators_here()) < set(ACCELERATORS)


@pytest.fixture
def kvm_backed_by(monkeypatch, tmp_path):
    """Has ACCEL=kvm find a QEMU that runs, with what the backend's name makes of it: on machines without KVM, too."""

    def back(module: str) -> None:
        if module:
            (tmp_path / module).mkdir()
        monkeypatch.setattr(kvm, "MODULES", tmp_path)
        monkeypatch.setitem(
            ACCELERATORS,
            "kvm",
            lambda target: replace(qemu.probe(TCG, target), name="kvm", reservations=kvm.reservations()),
        )

    return back


@pytest.mark.parametrize("module, words", [("kvm_pvm", "kvm_pvm"), ("", "unknown")])
@pytest.mark.parametrize("asked, runs", [("", False), ("references", False), ("all", True), ("kvm", True)])
def test_what_is_no_reference_is_named_and_runs_only_where_it_was_asked_for(kvm_backed_by, module, words, asked, runs):
    kvm_backed_by(module)
    platforms = {each.name: each for each in find_platforms(make_target(accel=asked), REFERENCES)}
    left_out = isinstance(platforms["kvm"], Unusable) and platforms["kvm"].left_out
    assert left_out == (not runs)
    if left_out:
        assert platform_lines([platforms["kvm"]]) == [
            f"kvm: not run: its backend is {words}, not kvm_intel or kvm_amd; ACCEL=kvm runs it all the same"
        ]


@pytest.mark.parametrize("module", kvm.REFERENCES)
def test_a_reference_is_never_left_out(kvm_backed_by, module):
    kvm_backed_by(module)
    assert isinstance(next(each for each in find_platforms(make_target(), REFERENCES) if each.name == "kvm"), Platform)
