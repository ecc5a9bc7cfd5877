# SPDX-License-Identifier: BSD-2-Clause
"""What TCG's emulated SVM cannot run: cases that would end their host, spoil it for others, or say nothing of KVM."""

from harness.catalogue.debugger_modes import doing

# TCG checks INT3 against the intercept of INT n only, not against that of #BP: raise_interrupt2() in
# target/i386/tcg/excp_helper.c.
NO_INT3 = "the emulated SVM does not intercept INT3, so gdb's breakpoints in memory are lost"

NO_BIT_MAP = "the emulated SVM finds no I/O permission bit map, once gdb has stopped the guest"

MENDED = (11, 2)


def refusal(qemu: tuple[int, ...], case: str, debugger: str) -> str:
    """Why a case is not run in a debugger mode, on the SVM of this version of QEMU; empty if it is.

    What gdb stops is written back by QEMU, with TR's type as KVM has it: busy. TCG up to 11.1 takes that for wrong: it
    aborts at an event at CPL 3 outside of long mode ("invalid tss type": get_ss_esp_from_tss() in
    target/i386/tcg/seg_helper.c), and finds no I/O permission bit map (helper_check_io()).

    Where an event's frame is written to what the guest watches, it aborts as well (bugs/tcg-watch-stack.toml), or takes
    no notice, and then none of what the next case watches in ring 3.
    """
    if qemu >= MENDED:
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
