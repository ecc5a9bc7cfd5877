# SPDX-License-Identifier: BSD-2-Clause
"""Where Python keeps what it has compiled, for those who want none of that beside the sources.

Without any, each of the many processes that a run of the tests starts would compile everything again.
"""

import os
import sys

BELOW_BUILD = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "build", "__pycache__"
)


def keep_below_build() -> None:
    """Has this process keep it below build/, where PYTHONDONTWRITEBYTECODE is set: before its other imports."""
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode, sys.pycache_prefix = False, BELOW_BUILD
