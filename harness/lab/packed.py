# SPDX-License-Identifier: BSD-2-Clause
"""A suite's program with the loader and the libraries that it takes, to be run from wherever it has been moved to."""

import shutil
from pathlib import Path

from harness.lab import libraries
from harness.system.errors import WrongQuestion

# Below a Debian system's root.
LIBRARIES = (
    "usr/lib/x86_64-linux-gnu",
    "lib/x86_64-linux-gnu",
    "usr/lib/x86_64-linux-gnu/pulseaudio",
)

WRAPPER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export {variables}
exec "$here/lib/{loader}" --library-path "$here/lib" "$here/bin/{name}"{options} "$@"
"""


def pack(
    program: Path, root: Path, directory: Path, origin: str, variables: str, options: str = "", plugin: str = ""
) -> Path:
    """Copies the program of an unpacked `root` to bin/, with libraries in lib/, and writes the script that runs it.

    The script sets the `variables`, as the shell has them, and adds the `options`; `$here` is the directory in both.
    `origin` says in errors where the program is from. The libraries are those of the `plugin` as well.
    """
    places = [root / part for part in LIBRARIES]
    loaders = [place / libraries.LOADER for place in places if (place / libraries.LOADER).exists()]
    for part in ("bin", "lib"):
        (directory / part).mkdir()
    shutil.copy(program, directory / "bin" / program.name)
    shutil.copy(loaders[0], directory / "lib" / libraries.LOADER)
    needed = libraries.needed(program, loaders[0], places)
    if plugin:
        needed |= libraries.needed(root / plugin, loaders[0], places)
    for name, path in needed.items():
        if not path.is_relative_to(root):
            raise WrongQuestion(f"{origin} does not depend on a package that has {name}")
        shutil.copyfile(path, directory / "lib" / name)
    script = directory / program.name
    text = WRAPPER.format(
        loader=libraries.LOADER, name=program.name, variables=variables, options=f" {options}" if options else ""
    )
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)
    return script
