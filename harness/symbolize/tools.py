# SPDX-License-Identifier: BSD-2-Clause
"""The programs of the binutils that know DWARF."""

import os
import shutil

from harness.system.errors import WrongQuestion

DEADLINE = 120.0  # seconds, of which a kernel's debug information takes some


def find_tool(name: str) -> str:
    name = f"{os.environ.get('CROSS_COMPILE', '')}{name}"
    path = shutil.which(name)
    if not path:
        raise WrongQuestion(f"{name} is not on the PATH: it comes with the binutils, which 'make deps' installs")
    return path
