# SPDX-License-Identifier: BSD-2-Clause
"""Who a QEMU is that is started as the guest will be, or why it does not start."""

import subprocess
import threading

from harness.system import process
from harness.system.intake import Intake, Words
from harness.system.last_words import telling_line
from harness.system.limits import FAREWELL, Deadlines
from harness.system.printable import printable
from harness.vm.console import console_of
from harness.vm.qmp import QMP, QMPError, QMPRefusal

PROBE_DEADLINE = 20.0


def identify(qemu: str, options: list[str], deadlines: Deadlines) -> dict:
    """QEMU's version, and what it really uses. Raises QMPError with QEMU's own words."""
    deadline = deadlines(PROBE_DEADLINE)
    with process.PrivateDirectory(qemu) as private:
        listener, chardev = private.listen("qmp")
        command = [qemu, *options, "-S", "-chardev", chardev, "-qmp", "chardev:qmp"]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        child = process.start(command, cwd=private.path, **streams)
        output = Output(child)
        try:
            connection = process.accept(listener, child, deadline)
            if connection is None:
                raise QMPError(_failure(child, output))
            with connection:
                try:
                    return _ask(connection, deadline)
                except QMPError:
                    raise QMPError(_failure(child, output)) from None
        finally:
            process.stop(child)
            output.join()
            child.stdout.close()


def _ask(connection, deadline: float) -> dict:
    qmp = QMP(connection, lambda event: None, deadline)
    try:
        return {
            **qmp.ask(_version, "query-version"),
            "accel": _accelerator(qmp),
            "console": console_of(qmp),
        }
    finally:
        qmp.close()


def _version(answer: dict) -> dict[str, str]:
    number = answer["qemu"]
    return {
        "version": f"{number['major']}.{number['minor']}.{number['micro']}",
        "package": printable(answer["package"]),
    }


def _accelerator(qmp: QMP) -> str:
    """The accelerator that QEMU uses; empty where it does not say, and it is neither TCG nor KVM."""
    if qmp.ask(lambda answer: answer["enabled"], "query-kvm"):
        return "kvm"
    # Every version's monitor tells of TCG's translations, and of none where it has another accelerator.
    elsewhere = "only available with accel=tcg"
    if not qmp.ask(lambda told: elsewhere in told, "human-monitor-command", **{"command-line": "info jit"}):
        return "tcg"
    try:
        return qmp.ask(lambda answer: answer["enabled"], "query-accelerators")
    except QMPRefusal:  # there since QEMU 11
        return ""


class Output(threading.Thread):
    """Takes what a child says, so that it can go on, up to the bound."""

    def __init__(self, child: process.Child) -> None:
        super().__init__(daemon=True)
        self._child = child
        self._said = Words()
        self.start()

    def run(self) -> None:
        intake = Intake()
        for data in process.output(self._child):
            self._said.add(intake.take(data)[0])
            if intake.cut:
                return

    def to_end(self) -> str:
        """All of it, when the child has ended, fit to be shown."""
        self.join(FAREWELL)
        return self._said.text


def _failure(child: process.Child, output: Output) -> str:
    """Why a QEMU that does not answer does not: its last words."""
    try:
        child.wait(1)
    except subprocess.TimeoutExpired:
        return "QEMU does not answer"
    words = telling_line(output.to_end().splitlines())
    return f"QEMU {process.describe_exit(child.returncode)}: {words}"
