# SPDX-License-Identifier: BSD-2-Clause
"""Debugger modes, and the real gdb driven over its prompt."""

import os
import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pexpect
from pexpect.popen_spawn import PopenSpawn

from harness import process
from harness.image import Image

PROMPT = "(gdb) "

# What each mode has gdb do between connecting and continuing; a symbol in braces becomes its address.
# `detached` has no gdb at all.
MODES: dict[str, list[str]] = {
    "detached": [],
    "attached": [],
    "hbreak": ["hbreak *{unreached}"],
}

# Kept out of the way of users' own settings. QEMU's x86-64 stub describes 64-bit registers whatever mode
# the vCPU is in, and gdb 13 does not believe it at reset unless told.
SETTINGS = [
    "set pagination off",
    "set confirm off",
    "set width 0",
    "set style enabled off",
    "set remotetimeout 20",
    "set architecture i386:x86-64",
]

# How gdb says that the target is gone. QEMU announces its exit status only where it leaves in good order;
# isa-debug-exit before QEMU 9 does not, and its last packet may be lost with the connection.
GONE = ("exited", "Remote connection closed", "Target disconnected", "not being run")

REFUSALS = ("Could not insert", "Cannot ", "Remote failure", "Connection timed out", "No symbol", "Undefined command")


def announced_status(text: str) -> int | None:
    """The exit status in gdb's "exited normally" or "exited with code 0125" (octal); None without one."""
    if "exited normally" in text:
        return 0
    found = re.search(r"exited with code ([0-7]+)", text)
    return int(found.group(1), 8) if found else None


def mode_commands(mode: str, image: Image) -> list[str]:
    """The commands of a mode, for this image."""
    return [command.format(unreached=hex(image.symbol("unreached"))) for command in MODES[mode]]


def find_gdb() -> str | None:
    return shutil.which(os.environ.get("GDB") or "gdb")


@dataclass
class Event:
    """What gdb reported: `stop` (the guest stopped and waits for resume()), `exit` (the target is gone;
    text holds gdb's words), `refused` (a command failed, so the mode cannot be had), `died` (gdb itself)."""

    kind: str
    text: str


class Gdb(threading.Thread):
    """One gdb for one VM: connects, sets up a mode, continues, and reports each stop until the exit.

    Its transcript goes to `transcript`. `post` receives the events, on this thread.
    """

    def __init__(
        self,
        gdb: str,
        address: str,
        commands: list[str],
        directory: Path,
        transcript: Path,
        post: Callable[[Event], None],
        deadline: float,
    ) -> None:
        super().__init__(daemon=True)
        self._commands = [*SETTINGS, f"target remote {address}", *commands]
        self._post = post
        self._deadline = deadline
        self._go_on = threading.Event()
        self._cancelled = False
        self._log = transcript.open("w", encoding="utf-8")
        self._gdb = PopenSpawn(
            process.child_command([gdb, "-nx", "-q"]),
            cwd=directory,
            env=os.environ | {"TERM": "dumb", "LC_ALL": "C"},
            encoding="utf-8",
            codec_errors="replace",
            preexec_fn=getattr(os, "setsid", None),
        )
        process.adopt(self._gdb.proc)
        self._gdb.logfile = self._log
        self._gdb.logfile_send = None

    def resume(self) -> None:
        """After a stop: lets the guest go on."""
        self._go_on.set()

    def close(self) -> None:
        """Ends gdb, whatever it is doing, and the thread."""
        self._cancelled = True
        self._go_on.set()
        process.stop(self._gdb.proc)
        self.join()
        self._log.close()

    def run(self) -> None:
        try:
            self._talk()
        except pexpect.EOF:
            if not self._cancelled:
                self._post(Event("died", f"gdb ended: {self._gdb.before.strip()[-200:]}"))
        except pexpect.TIMEOUT:
            self._post(Event("died", f"gdb said nothing for {self._deadline:g} s"))
        except OSError as error:
            if not self._cancelled:
                self._post(Event("died", f"gdb cannot be spoken to: {error}"))

    def _talk(self) -> None:
        self._gdb.expect_exact(PROMPT, timeout=self._deadline)
        for command in self._commands:
            answer = self._ask(command)
            if any(words in answer for words in REFUSALS):
                self._post(Event("refused", f"gdb: {command}: {answer.strip().splitlines()[-1]}"))
                return
        while not self._cancelled:
            answer = self._ask("continue", deadline=None)
            report = [line for line in answer.splitlines() if line and line != "Continuing."]
            text = " ".join(report)
            if any(words in text for words in REFUSALS):
                self._post(Event("refused", f"gdb: continue: {text}"))
                return
            if any(words in text for words in GONE):
                self._post(Event("exit", text))
                return
            self._go_on.clear()
            self._post(Event("stop", report[0] if report else "without a word"))
            self._go_on.wait()

    def _ask(self, command: str, deadline: float | None = -1) -> str:
        """gdb's answer up to its next prompt; without a deadline, the VM's own watch ends the wait."""
        self._gdb.sendline(command)
        self._gdb.expect_exact(PROMPT, timeout=self._deadline if deadline == -1 else deadline)
        return self._gdb.before
