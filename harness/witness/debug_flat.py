# SPDX-License-Identifier: BSD-2-Clause
"""kvm-unit-tests' debug.flat: where it is, and how QEMU is told to boot it."""

import base64
import binascii
import gzip
import os
import re
from pathlib import Path

from harness.platform.qemu import QEMU
from harness.system import process
from harness.system.errors import WrongQuestion

SOURCE = "https://gitlab.com/kvm-unit-tests/kvm-unit-tests"

# Where `make install` puts its tests: each is a script that has the program in it, compressed.
INSTALLED = (Path("/usr/local/share/kvm-unit-tests/debug"), Path("/usr/share/kvm-unit-tests/debug"))
IN_SCRIPT = re.compile(rb"<< 'BIN_EOF' \| zcat > \$bin\b.*?\n(.*?)\nBIN_EOF\n", re.DOTALL)


def find_debug_flat(kut: str) -> Path:
    """The program that KUT= means: itself, in the checkout, or in the script that was installed of it.

    An empty `kut` is what is installed here. Raises WrongQuestion.
    """
    if not kut:
        installed = next((path for path in INSTALLED if path.is_file()), None)
        if installed is None:
            raise WrongQuestion(
                f"kvm-unit-tests are not installed: say KUT=, a checkout of {SOURCE} with x86/debug.flat built"
            )
        return _unpacked(installed)
    path = Path(kut).absolute()
    found = path / "x86" / "debug.flat" if os.path.isdir(path) else path
    if not os.path.isfile(found):
        raise WrongQuestion(f"KUT={kut}: there is no {found}: say a checkout of {SOURCE} with x86/debug.flat built")
    return _unpacked(found)


def _unpacked(path: Path) -> Path:
    """The program, or the one in a script."""
    data = path.read_bytes()
    if not data.startswith(b"#!"):
        return path
    try:
        program = gzip.decompress(base64.b64decode(IN_SCRIPT.search(data).group(1)))
    except (AttributeError, binascii.Error, gzip.BadGzipFile, EOFError):
        raise WrongQuestion(f"{path}: there is no program in this script") from None
    found = process.private_root() / "debug.flat"
    found.write_bytes(program)
    return found


def command(platform: QEMU, program: Path) -> list[str]:
    """QEMU's command line as its own runner has it (x86/run), with our accelerator and CPU model."""
    cpu = platform.facts["cpu"]
    return [
        *platform.launcher(),
        *("-no-reboot", "-nodefaults", "-display", "none", "-serial", "stdio"),
        *("-device", "pc-testdev", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x4", "-device", "pci-testdev"),
        *("-accel", platform.facts["accel"], "-kernel", str(program)),
        *([] if cpu == "default" else ["-cpu", cpu]),
    ]
