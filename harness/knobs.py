# SPDX-License-Identifier: BSD-2-Clause
"""The table of the knobs that all verbs share; as a program, for `make help`, on any Python and without modules."""

from __future__ import annotations

import os
from collections.abc import Collection

# Name, default, help.
KNOBS = (
    (
        "accel",
        "",
        "tcg, kvm, whpx, hvf, mshv, nvmm, bochs, v86, xen, several with commas; all; references (default of run)",
    ),
    ("engine", "", "TCG's ways to execute: default, icount, single, one-insn, replay, several with commas"),
    ("platform", "", "a file that describes a hypervisor of your own (docs/add-a-platform.md), several with commas"),
    ("host", "local", "where QEMU runs: local, or amd:KERNEL or intel:KERNEL on an emulated CPU, several with commas"),
    ("kernel", "", "with HOST=amd or HOST=intel: a kernel of your own, a bzImage"),
    ("modules", "", "the directory of that kernel's modules (default: it has what it takes built in)"),
    ("qemu", "", "a QEMU: a path, a name on the PATH (default: qemu-system-x86_64), or a version of the lab"),
    ("bochs", "", "a Bochs: a path, a name on the PATH (default: bochs), or a version of the lab"),
    ("v86", "", "a v86: its npm package, or a checkout in which it is built (default: what make deps-v86 has fetched)"),
    ("xen", "", "a Xen: a xen.gz, or a version of the lab (default: the newest there; make deps-xen)"),
    ("xen-args", "", "further words of Xen's command line, such as hap=0 (docs/xen.md)"),
    ("case", "", "only these cases: patterns with * and ?, with commas; NAME, or NAME@MODE"),
    ("mode", "", "only these modes: kernel32, kernel64, user32, user64, compat32, vm86, real16"),
    ("debugger", "all", "debugger modes, with commas (README.md says what each does), or all"),
    ("cpus", "2", "virtual CPUs"),
    ("machine", "", "QEMU's machine: microvm (default on TCG and KVM), pc (elsewhere), q35, with options if need be"),
    ("firmware", "", "qboot or seabios (default: qboot on microvm, seabios elsewhere)"),
    ("cpu", "", "QEMU's or Bochs' CPU model (default: max on TCG, host on KVM, corei7_haswell_4770 in Bochs)"),
    ("table", "short", "the table of verdicts: short (only if it is), full (a row for each case and mode), or none"),
    ("json", "", "a file for all results, as a JSON list"),
    ("jobs", str(os.cpu_count() or 1), "how many VMs at a time (default: one for each processor)"),
    ("keep", "20", "how many runs stay in build/runs, beside those that are not green (docs/runs.md); or all"),
    ("timeout-multiplier", "1", "scales every deadline, for slow machines"),
)

# Those that take several values.
LISTS = ("accel", "engine", "platform", "host", "case", "mode", "debugger")


def listed(text: str) -> list[str]:
    """The values in a list; blanks around its commas count for nothing."""
    return [word.strip() for word in text.split(",")]


def variable(name: str) -> str:
    """A knob's name as a variable of make."""
    return name.upper().replace("-", "_")


def add_options(add_option, without: Collection[str] = ()) -> None:
    """Adds the knobs, except some, through `add_option`, argparse's or pytest's."""
    for name, default, text in KNOBS:
        if name not in without:
            add_option(f"--{name}", default=default, metavar=name.upper(), help=text)


if __name__ == "__main__":
    for knob, _, text in KNOBS:
        print(f"  {variable(knob):20}{text}")
