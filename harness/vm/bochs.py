# SPDX-License-Identifier: BSD-2-Clause
"""A Bochs: its configuration, and one process of it, with the files that it writes."""

import os
import re
import select
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.system import process
from harness.system.intake import said
from harness.system.whole import write_whole
from harness.vm.by_file import GrowingFile

MEMORY_MIB = 64

# Emulated instructions that make an emulated second. Firmware and GRUB wait by the clock, so that a low
# number makes a quick boot.
IPS = 4_000_000

# In its log: at power-on and at each reset after it.
RESET = "bx_pc_system_c::Reset("

POLL = 0.01  # seconds


@dataclass(frozen=True)
class Configuration:
    """What is the same for all boots. `debugger`, `sound`: what was built into the program.

    `any_msr`: MSRs that Bochs does not know are read as 0, which is its default, and not refused. `roms`: lines that
    name its ROMs, where it does not find them by itself.
    """

    program: str
    version: str
    debugger: bool
    sound: bool
    display: str
    model: str
    cpus: int
    memory_mib: int = MEMORY_MIB
    ips: int = IPS
    any_msr: bool = False
    roms: tuple[str, ...] = ()

    def command(self, *start: str) -> list[str]:
        """To be run on a terminal, in a folder that write() has been given; or with other options to start by."""
        return [self.program, "-q", *(["-rc", "rc"] if self.debugger else []), *(start or ("-f", "bochsrc"))]

    def write(self, folder: Path, iso: str | None, more: list[str] = ()) -> None:
        """Writes Bochs' configuration, with or without a CD, and with lines of one's own."""
        write_whole(folder / "bochsrc", "\n".join([*self.lines(iso), *more, ""]), encoding="ascii")
        self.write_commands(folder)

    def lines(self, iso: str | None) -> list[str]:
        """The lines of Bochs' configuration."""
        return [
            f"display_library: {self.display}",
            f"megs: {self.memory_mib}",
            *self.roms,
            f"cpu: model={self.model}, count={self.cpus}, ips={self.ips}, reset_on_triple_fault=0, "
            f"ignore_bad_msrs={int(self.any_msr)}",
            *([f"ata0-master: type=cdrom, path={iso}, status=inserted", "boot: cdrom"] if iso else []),
            "com1: enabled=1, mode=file, dev=serial.log",
            *(["sound: driver=dummy"] if self.sound else []),
            "log: bochs.log",
            "panic: action=fatal",
        ]

    def write_commands(self, folder: Path) -> None:
        """Writes what the debugger does. It waits for commands before the first instruction, and at a reset."""
        if self.debugger:
            write_whole(folder / "rc", "c\nq\n", encoding="ascii")


class Bochs:
    """A Bochs that runs in a folder, on terminals of its own that nobody looks at; a context manager."""

    def __init__(self, configuration: Configuration, folder: Path) -> None:
        self._configuration = configuration
        self._folder = folder
        self.log = GrowingFile(folder / "bochs.log")

    def __enter__(self) -> "Bochs":
        return self.start(self._configuration.command())

    def start(self, command: list[str]) -> "Bochs":
        """Starts it by this command."""
        terminal, slave = os.openpty()
        os.set_blocking(terminal, False)
        self._terminals = [terminal]
        self._screen = False
        try:
            with (self._folder / "stderr.log").open("wb") as errors:
                self.child = process.start(
                    command,
                    cwd=self._folder,
                    stdin=slave,
                    stdout=slave,
                    stderr=errors,
                    env=os.environ | {"TERM": "linux", "LINES": "30", "COLUMNS": "100"},
                )
        except BaseException:
            os.close(terminal)
            raise
        finally:
            os.close(slave)
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        process.stop(self.child)
        for terminal in self._terminals:
            os.close(terminal)
        self.log.close()

    def wait(self, seconds: float) -> bool:
        """Waits, keeping the terminals empty so that Bochs can go on; whether Bochs has ended."""
        select.select(self._terminals, [], [], seconds)
        self.empty_terminals()
        return self.child.poll() is not None

    def empty_terminals(self) -> None:
        """Reads what Bochs shows."""
        self._open_screen()
        for terminal in list(self._terminals):
            try:
                os.read(terminal, 65536)
            except BlockingIOError:
                pass
            except OSError:  # Linux' way to say that the other side is closed: what had it is ending
                try:
                    self.child.wait(POLL)
                except subprocess.TimeoutExpired:
                    pass

    def _open_screen(self) -> None:
        """Opens the terminal that Bochs makes for its screen where the first one is its debugger's."""
        if self._screen or not (found := re.search(r'connected to screen "(.*)"', self.stderr)):
            return
        import tty  # not there on Windows

        self._screen = True
        try:
            screen = os.open(found.group(1), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            return  # it has ended already
        # Without echo, for that would be the keyboard.
        tty.setraw(screen)
        self._terminals.append(screen)

    @property
    def stderr(self) -> str:
        return said(self._folder / "stderr.log")

    @property
    def last_words(self) -> str:
        """The message that it has ended with; or how it has ended."""
        found = re.search(r"exiting with the following message:\s*(?:\[.*?\]\s*)?(.*)", self.stderr)
        return found.group(1).strip() if found else f"Bochs {process.describe_exit(self.child.returncode)}"
