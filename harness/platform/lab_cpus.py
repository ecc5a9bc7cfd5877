# SPDX-License-Identifier: BSD-2-Clause
"""What is special about emulated hosts by the maker of their CPU: TCG emulates AMD's, Bochs Intel's."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from harness.catalogue.debugger_modes import MODES, doing
from harness.lab import cache
from harness.lab.amd import AMDMachine
from harness.lab.fetch import qemu_version
from harness.lab.host import Machine
from harness.lab.intel import IntelMachine
from harness.platform import bochs, qemu
from harness.platform.base import Platform, Unusable
from harness.platform.target import Target
from harness.platform.tcg import TCG


def _in_tcg(machine: AMDMachine, target: Target) -> Platform | Unusable:
    return qemu.probe(TCG, replace(target, qemu=str(machine.emulator), hardware=replace(target.hardware, cpu="")))


def _in_bochs(machine: IntelMachine, target: Target) -> Platform | Unusable:
    hardware = replace(target.hardware, cpu=machine.bochs.model)
    return bochs.probe(replace(target, bochs=machine.bochs.program, hardware=hardware))


@dataclass(frozen=True)
class Maker:
    """What is special about hosts with the CPU of one maker.

    Deadlines are `slower` times as long. `alone` gives the emulator as a platform, without Linux and KVM; `fatal` says
    why a case is not run in a debugger mode; the others are as in Platform.
    """

    slower: float
    pace: float
    alone: Callable[[Machine, Target], Platform | Unusable]
    debuggers: tuple[str, ...]
    no_debugger: str
    software_breakpoints: bool
    fatal: Callable[[Machine, str, str], str]


NO_INT3 = "the emulated SVM does not intercept INT3, so gdb's breakpoints in memory are lost"
NO_BIT_MAP = "the emulated SVM finds no I/O permission bit map, once gdb has stopped the guest"


def _beyond_svm(machine: AMDMachine, case: str, debugger: str) -> str:
    """Why a case would end its host or spoil it for others, or say nothing of KVM.

    What gdb stops is written back by QEMU, with TR's type as KVM has it: busy. TCG up to 11.1 takes that for wrong: it
    aborts at an event at CPL 3 outside of long mode ("invalid tss type": get_ss_esp_from_tss() in
    target/i386/tcg/seg_helper.c), and finds no I/O permission bit map (helper_check_io()).

    Where an event's frame is written to what the guest watches, it aborts as well (bugs/tcg-watch-stack.toml), or takes
    no notice, and then none of what the next case watches in ring 3.
    """
    if cache.numbers(qemu_version(machine.emulator)[0]) >= (11, 2):
        return ""
    if case.startswith("dbreak_frame@") and not doing(debugger).armed:
        return "the emulated SVM aborts, or misses later breakpoints, at an event pushed over what the guest watches"
    if not (doing(debugger).stops or doing(debugger).armed):
        return ""
    if case in ("tf_every_string@user64", "tf_every_string@compat32"):
        return NO_BIT_MAP  # with a breakpoint armed, each single step goes through QEMU
    if not doing(debugger).stops:
        return ""
    if case.endswith(("@user32", "@vm86")):
        return "the emulated SVM aborts at an event in CPL 3 of 32-bit code, once gdb has stopped the guest"
    if case.startswith("iobreak_bitmap@"):
        return NO_BIT_MAP
    if case.startswith("break_many@") and debugger == "script":
        return NO_INT3  # it wants more breakpoints than there are debug registers
    return ""


MAKERS = {
    AMDMachine: Maker(
        slower=3.0,
        pace=15.0,
        alone=_in_tcg,
        # TCG checks INT3 against the intercept of INT n only, not against that of #BP: raise_interrupt2() in
        # target/i386/tcg/excp_helper.c.
        debuggers=tuple(mode for mode in MODES if mode != "step"),
        no_debugger=NO_INT3,
        software_breakpoints=False,
        fatal=_beyond_svm,
    ),
    IntelMachine: Maker(
        slower=10.0,
        pace=150.0,
        alone=_in_bochs,
        debuggers=tuple(mode for mode in MODES if mode != "step"),
        no_debugger="to step through every instruction takes hours in Bochs",
        software_breakpoints=True,
        fatal=lambda machine, case, debugger: "",
    ),
}
