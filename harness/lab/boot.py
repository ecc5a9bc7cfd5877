# SPDX-License-Identifier: BSD-2-Clause
"""One VM in an emulated host: the agent there gets QEMU's command line, and the host is looked at in the end."""

import sys
from collections.abc import Callable
from pathlib import Path

from harness.debugger.gdb import Debugging
from harness.judging.result import Verdict
from harness.lab import preconfigured
from harness.lab.host import Host, HostError
from harness.lab.hosts import Hosts
from harness.lab.link import IDLE, Link, LinkError
from harness.lab.options import translate
from harness.system import process
from harness.system.limits import Deadlines
from harness.system.places import ROOT
from harness.vm.outcome import Outcome
from harness.vm.qemu import VM
from harness.vm.qemu_process import watched

RUNNER = ROOT / "agent" / "qemu"

HOST_ITSELF = "the emulated host itself"


def boot(
    hosts: Hosts,
    options: list[str],
    common: list[str],
    folder: Path,
    deadlines: Deadlines,
    debugging: Debugging | None,
    on_case: Callable[[str], None],
) -> Outcome:
    """Boots with QEMU's `options` in one of the hosts.

    `common` are those without image and cases, that a QEMU can wait with for the next VM; none if it cannot wait.
    """
    host = None
    try:
        host = hosts.borrow(_that_can_wait(common, debugging is not None))
        (host.directory / IDLE).unlink(missing_ok=True)
        command = [sys.executable, str(RUNNER), str(host.directory), *options]
        with host.connect() as link:
            if started := preconfigured.read(host.directory / preconfigured.FILE):
                started.go_on(Link(link), translate(options))
            link.settimeout(None)
            outcome = VM(command, folder, deadlines, debugging, on_case, standard_input=link.fileno()).run()
        _check(host, outcome, folder)
    except (HostError, LinkError) as error:
        outcome = Outcome()
        outcome.end(Verdict.UNUSABLE, str(error))
    finally:
        if host:
            hosts.give_back(host, (host.directory / IDLE).exists())
    return outcome


def _that_can_wait(common: list[str], debugged: bool) -> list[str]:
    gdb = process.serving_chardev("gdb") if debugged else ""
    chardevs = [process.connecting_chardev(name) for name in ("serial", "qmp")]
    return [*common, *watched(*chardevs, gdb)] if common else []


def _check(host: Host, outcome: Outcome, folder: Path) -> None:
    """Notes what the guest did to its host."""
    if not (host.directory / IDLE).exists() and (words := host.death()):
        outcome.ending, outcome.reason = Verdict.CRASH, f"{HOST_ITSELF} is gone: {words}"
    elif outcome.ending is Verdict.HANG and host.stuck():
        outcome.reason = f"{HOST_ITSELF} is stuck: {outcome.reason}"
    else:
        return
    outcome.lost = True
    host.keep_logs(folder)
