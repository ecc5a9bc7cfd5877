# SPDX-License-Identifier: BSD-2-Clause
"""The readers' names, for those who do not know hypothesis yet."""

from pathlib import Path

NAMES = sorted(path.stem for path in (Path(__file__).parent / "readers").glob("*.py"))

ABSENT = "hypothesis is not there, which fuzzing takes: 'make deps' installs it"
