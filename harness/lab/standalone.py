# SPDX-License-Identifier: BSD-2-Clause
"""QEMU in an emulated host that is there for it alone: agent/qemu --host=amd:6.12 --qemu=10.0 -- QEMU'S OPTIONS."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from harness.lab import choose, fetch, store
from harness.lab.host import HostError
from harness.lab.hosts import Hosts
from harness.lab.link import LinkError
from harness.lab.programs import lab_program
from harness.lab.remote import end_like, serve
from harness.lab.states import state_of
from harness.system import process
from harness.system.errors import Cancelled, WrongQuestion
from harness.system.limits import Deadlines


def find_program(asked: str) -> Path:
    """A QEMU by its path, its name on the PATH, or its version in the lab."""
    found = lab_program("qemu", asked) or shutil.which(asked)
    if found is None:
        raise WrongQuestion(f"--qemu={asked}: there is no such program")
    return Path(found).absolute()


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="agent/qemu", description="Runs QEMU in an emulated host.")
    parser.add_argument("--host", required=True, help="amd:KERNEL, intel:KERNEL, or amd or intel with --kernel")
    parser.add_argument("--kernel", default="", help="a bzImage")
    parser.add_argument("--modules", default="", help="the directory of its modules")
    parser.add_argument(
        "--qemu", default=fetch.PROGRAM, help="a path, a name on the PATH, or a version that is fetched"
    )
    parser.add_argument("--bochs", default="", help="what emulates an Intel CPU: a path, or a name on the PATH")
    parser.add_argument("options", nargs="*", help="QEMU's, after --")
    asked = parser.parse_args(arguments)
    deadlines = Deadlines()
    _, machine = choose.machine(asked.host, asked.kernel, asked.modules, asked.bochs, deadlines)
    directory = Path(tempfile.mkdtemp(dir=process.private_root()))
    drive = store.write(store.files_of(find_program(asked.qemu)), directory / "store")
    state = state_of(machine, deadlines, lambda text: print(f"trapline: {text}", file=sys.stderr))
    host = Hosts(machine, state, drive, deadlines).borrow()
    try:
        return serve(host.connect(), asked.options)
    finally:
        host.close()


def main(arguments: list[str]) -> int:
    try:
        status = run(arguments)
    except (WrongQuestion, HostError, LinkError) as error:
        print(f"trapline: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, Cancelled):
        return 130
    finally:
        process.leave()  # before the signal that may end this process
    return end_like(status)
