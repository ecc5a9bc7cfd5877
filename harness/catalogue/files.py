# SPDX-License-Identifier: BSD-2-Clause
"""Where a case's files are: cases/FAMILY/NAME.c and what lies beside it. A name stands in one family alone."""

from pathlib import Path

from harness.system.places import CASES


def file_of(name: str, suffix: str) -> Path | None:
    """The file NAME.SUFFIX (".c", ".gdb" ...) of a case; None where it has none."""
    return next(CASES.glob(f"*/{name}{suffix}"), None)


def files_of(name: str) -> list[Path]:
    """All files of a case."""
    return sorted(CASES.glob(f"*/{name}.*"))


def families() -> list[str]:
    """The families of cases."""
    return sorted(path.name for path in CASES.iterdir() if path.is_dir())
