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

LOG = """; SPDX-License-Identifier: BSD-2-Clause
; What the manuals require, before anything has run: a rule for each line that is to come (docs/log.md, "Rules").
;   SDM Vol. 3, "the section's title"
rule #DB rip=after: dr6.BS=1 flags.RF=0
"""


def new_case(asked: str) -> int:
    """Writes cases/FAMILY/NAME.c and NAME.log for NAME=FAMILY/NAME, unless they are there; says what comes next."""
    family, _, name = asked.partition("/")
    if not FAMILY.fullmatch(family) or not NAME.fullmatch(name):
        raise WrongQuestion(
            f"NAME={asked}: expected FAMILY/NAME, a name of up to 40 of a-z, 0-9 and _, a letter first; "
            f"there are the families {', '.join(families())}"
        )
    if path := file_of(name, ".c"):
        raise WrongQuestion(f"NAME={asked}: {path.relative_to(CASES.parent)} is there already")
    folder = CASES / family
    for file_name, text in ((f"{name}.c", TEXT.format(name=name)), (f"{name}.log", LOG)):
        try:
            folder.mkdir(exist_ok=True)
            with (folder / file_name).open("x", encoding="ascii", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise WrongQuestion(f"cases/{family}/{file_name}: cannot be written: {error.strerror}") from None
    console = terminal.make_console()
    words = (
        f"cases/{family}/{name}.c: write the question into it (docs/add-a-case.md)",
        f"cases/{family}/{name}.log: write into it what the manuals require, then",
    )
    for line in (*words, f"    make run ACCEL=tcg CASE={name}", f"    python3 -m harness bless {name}"):
        console.print(line, markup=False, highlight=False)
    return 0
