# SPDX-License-Identifier: BSD-2-Clause
"""The verb new-case: a file that a question can be written into (docs/add-a-case.md)."""

import re

from harness.report import terminal
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT

CASES = ROOT / "cases"
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")  # with its mode, it fits into the guest's running_case

TEXT = """/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked, and what the architecture answers. SDM Vol. 3, "the section's title". */
#include "case.h"

BODY({name}, R"(
mark\tasked
\tnop
mark\tafter
\tnop
)");

CASE({name}, PROTECTED_MODES)
{{
\tRUN({name});
}}
"""


def new_case(name: str) -> int:
    """Writes cases/NAME.c, unless it is there, and says what comes next."""
    if not NAME.fullmatch(name):
        raise WrongQuestion(f"NAME={name}: expected up to 40 of a-z, 0-9 and _, a letter first")
    path = CASES / f"{name}.c"
    try:
        with path.open("x", encoding="ascii", newline="\n") as file:
            file.write(TEXT.format(name=name))
    except FileExistsError:
        raise WrongQuestion(f"NAME={name}: cases/{name}.c is there already") from None
    except OSError as error:
        raise WrongQuestion(f"cases/{name}.c: cannot be written: {error.strerror}") from None
    console = terminal.make_console()
    console.print(
        f"cases/{name}.c: write the question into it (docs/add-a-case.md), then", markup=False, highlight=False
    )
    console.print(f"    make run ACCEL=tcg CASE={name}", markup=False, highlight=False)
    console.print(f"    python3 -m harness bless {name}", markup=False, highlight=False)
    return 0
