# SPDX-License-Identifier: BSD-2-Clause
"""The verb new-case: a file that a question can be written into (docs/add-a-case.md)."""

import re

from harness.catalogue.files import families, file_of
from harness.report import terminal
from harness.system.errors import WrongQuestion
from harness.system.places import CASES

FAMILY = re.compile(r"[a-z][a-z0-9_]*")
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


def new_case(asked: str) -> int:
    """Writes cases/FAMILY/NAME.c for NAME=FAMILY/NAME, unless there is such a case, and says what comes next."""
    family, _, name = asked.partition("/")
    if not FAMILY.fullmatch(family) or not NAME.fullmatch(name):
        raise WrongQuestion(
            f"NAME={asked}: expected FAMILY/NAME, a name of up to 40 of a-z, 0-9 and _, a letter first; "
            f"there are the families {', '.join(families())}"
        )
    if path := file_of(name, ".c"):
        raise WrongQuestion(f"NAME={asked}: {path.relative_to(CASES.parent)} is there already")
    path = CASES / family / f"{name}.c"
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="ascii", newline="\n") as file:
            file.write(TEXT.format(name=name))
    except OSError as error:
        raise WrongQuestion(f"cases/{family}/{name}.c: cannot be written: {error.strerror}") from None
    console = terminal.make_console()
    words = f"cases/{family}/{name}.c: write the question into it (docs/add-a-case.md), then"
    for line in (words, f"    make run ACCEL=tcg CASE={name}", f"    python3 -m harness bless {name}"):
        console.print(line, markup=False, highlight=False)
    return 0
