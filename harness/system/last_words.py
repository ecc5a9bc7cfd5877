# SPDX-License-Identifier: BSD-2-Clause
"""What QEMU's output says about its end."""

import re
from collections.abc import Iterable

from harness.system.printable import shortened

# From the most telling to the least: a failed assertion, KVM giving up, QEMU's own errors ("PROGRAM: text").
TELLING = (r"Assertion .* failed", r"KVM internal error", r"^\S*qemu\S*: (?!.*\bwarning: )", r"[Ee]rror")

# WHPX's greetings on standard output: printf() in whpx_accel_init(), QEMU's target/i386/whpx/whpx-all.c.
GREETINGS = ("Windows Hypervisor Platform accelerator is operational", "WHPX: setting APIC emulation mode")


def telling_line(output: Iterable[str]) -> str:
    """The first line of the most telling kind, else the last one that is not empty; "without a word" for none."""
    lines = [line.strip() for line in output if line.strip() and not line.startswith(GREETINGS)]
    for pattern in TELLING:
        for line in lines:
            if re.search(pattern, line):
                return shortened(line)
    return shortened(lines[-1]) if lines else "without a word"
