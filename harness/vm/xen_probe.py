# SPDX-License-Identifier: BSD-2-Clause
"""Which Xen it is that a command boots, or why it does not come up."""

import re
import subprocess
import tempfile
import time
from pathlib import Path

from harness.system import process
from harness.system.intake import said
from harness.system.last_words import telling_line
from harness.system.limits import Deadlines
from harness.vm.xen_boot import CONSOLE

PROBE_DEADLINE = 30.0
POLL = 0.02  # seconds


def version_of(command: list[str], deadlines: Deadlines) -> tuple[str, str]:
    """The version that the Xen that the command boots says that it is; "" where it says none, and why."""
    with tempfile.TemporaryDirectory(dir=process.private_root()) as directory:
        console, output = Path(directory, CONSOLE), Path(directory, "output")
        serial = ["-serial", "null", "-serial", f"file:{console}"]
        with output.open("wb") as file:
            child = process.start([*command, *serial], stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        until = time.monotonic() + deadlines(PROBE_DEADLINE)
        try:
            while not (version := version_in(console)) and child.poll() is None and time.monotonic() < until:
                time.sleep(POLL)
        finally:
            process.stop(child)
        return version, telling_line(said(output).splitlines())


def version_in(console: Path) -> str:
    """The version that a Xen says that it is, as the first thing; "" if it has not yet said it."""
    found = re.search(r"^\(XEN\) Xen version (\d+(?:\.\d+)*)\S* .*\n", said(console), re.MULTILINE)
    return found[1] if found else ""
