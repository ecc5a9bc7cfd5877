# SPDX-License-Identifier: BSD-2-Clause
"""Where things are: the checkout, or the unpacked archive, that this harness is part of."""

import os
from pathlib import Path

from harness.system.printable import printable

OWN = Path(__file__).resolve().parent.parent.parent

# Where the package was installed without what lies around it, the checkout is where the user is.
ROOT = OWN if (OWN / "cases").is_dir() else Path.cwd()

CASES = ROOT / "cases"

CONTENTS = "sbom.spdx.json"  # at the top of an archive, and of nothing else

# What a page and the forms of reports are filled into.
TEMPLATES = ROOT / "harness" / "report" / "templates"

# Where the images are, and where runs are kept.
BUILD = ROOT / "build"

PAGE = BUILD / "report" / "index.html"


def shown(path: Path) -> str:
    """The path as it is shortest from where the user is, fit to be shown."""
    try:
        return printable(str(path.relative_to(Path.cwd())))
    except ValueError:
        return printable(str(path))


def from_top(path: Path) -> str:
    """The path as it is from the top of the checkout, on any machine; the whole one where it lies elsewhere."""
    return printable(path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path))


def has_make() -> bool:
    """Whether make is how verbs are called: an archive has its Makefile too, and maybe no compiler."""
    return (ROOT / "Makefile").exists() and not (ROOT / CONTENTS).exists()


def calling(verb: str) -> str:
    """How a verb is called here."""
    if has_make():
        return f"make {verb}"
    launcher = "run.cmd" if os.name == "nt" else "sh run.sh"
    return f"{launcher if (ROOT / CONTENTS).exists() else 'python3 -m harness'} {verb}"
