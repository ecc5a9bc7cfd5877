# SPDX-License-Identifier: BSD-2-Clause
"""Whole logs, as a guest writes them that says certain lines of its cases."""

from harness.catalogue.log import KERNELS, OF_A_TRAP, VERSION


def log_of(blocks: dict[str, list[str]], cpu: str = "", cpus: int = 2) -> list[str]:
    """The lines of a log that has these of its cases; `cpu` is what follows the word on its second line."""
    modes = {case.partition("@")[2] for case in blocks}
    kernel = next(kernel for kernel, its in KERNELS.items() if modes <= {*its})
    lines = [line for case, its in blocks.items() for line in (f"begin {case}", *its, f"end {case}")]
    plan = f"trapline {VERSION} mode={kernel} cpus={cpus} cases={len(blocks)}"
    return [plan, *([f"cpu {cpu}"] if cpu else []), *lines, bye_of(lines)]


def bye_of(lines: list[str]) -> str:
    """The last line of a guest that counts what these have."""
    blocks = sum(line.startswith("begin ") for line in lines)
    return f"bye cases={blocks} traps={sum(bool(OF_A_TRAP.match(line)) for line in lines)}"
