# SPDX-License-Identifier: BSD-2-Clause
"""v86, an emulator of a 32-bit PC that translates to WebAssembly, in node: github.com/copy/v86."""

import json
import os
from pathlib import Path

from harness.catalogue.modes import MODES
from harness.platform.base import Unusable
from harness.platform.by_command import CommandPlatform
from harness.platform.target import Target
from harness.system import process
from harness.system.errors import WrongQuestion
from harness.system.places import BUILD, OWN, ROOT, shown
from harness.system.printable import printable

NAME = "v86"

# Boots the guest; leaves as node does, and with 1 where v86 throws.
SCRIPT = OWN / "harness" / "vm" / "v86" / "boot.mjs"
THREW = 1

# Where `make deps-v86` puts it. V86= is such a package of one's own, or a checkout.
PACKAGE = BUILD / "v86" / "node_modules" / "v86"
BUILT = Path("build", "libv86.mjs")


def find_v86(asked: str) -> Path:
    """The package that V86=... means, or where the one that is fetched would be. Raises WrongQuestion."""
    package = Path(os.path.realpath(asked or PACKAGE))
    if asked and not os.path.isfile(package / BUILT):
        raise WrongQuestion(f"V86={asked}: there is no {shown(package / BUILT)}: build it there")
    return package


def probe(target: Target) -> CommandPlatform | Unusable:
    """Looks for node, and for a v86 that is built."""
    package = find_v86(target.v86)
    node = process.find_program("node")
    if not os.path.isfile(package / BUILT):
        return Unusable.detached(NAME, f"there is no {shown(package / BUILT)}: run 'make deps-v86'", lacking=True)
    if node is None:
        return Unusable.detached(NAME, "node is not on the PATH: run 'make deps-v86'", lacking=True)
    version = _version(package)
    node_version = process.first_line([node, "--version"], target.deadlines(10))
    return CommandPlatform(
        name=NAME,
        program=node,
        description=f"v86 {version}, by node {node_version.removeprefix('v')}",
        facts={"accel": NAME, NAME: version.partition("+")[0], "cpus": "1"},
        versions={NAME: version, "node": node_version},
        modes=MODES["guest32"],
        pace=20.0,
        elsewhere={"NODE": node, "V86": str(package), "TRAPLINE": str(ROOT)},
        words=[node, str(SCRIPT), str(package), "{image}", "{cmdline}"],
        good=[0],
        crash=[THREW],
    )


def _version(package: Path) -> str:
    """By its package.json; "unknown" where that says none."""
    try:
        table = json.loads((package / "package.json").read_text(encoding="utf-8"))
        return printable(str(table["version"]))
    except (OSError, ValueError, KeyError, TypeError):
        return "unknown"
