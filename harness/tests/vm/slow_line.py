# SPDX-License-Identifier: BSD-2-Clause
"""A COM1 whose other end reads when it likes, and what the lines of a whole log look like."""

import re
import socket
import subprocess

WHOLE = re.compile(r"(trapline|cpu|begin|end|bye|note|panic|INT\d+|#[A-Z]{2}|NMI|SYSCALL|SYSENTER)( \S+)+")
TORN = re.compile(r".(NMI cpu=|begin |end \w+@)")


class SlowLine:
    """The other end of COM1: what comes, while it reads at all."""

    def __init__(self, folder):
        self.path = folder / "serial"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen()
        self.log = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        self.line, _ = self.listener.accept()
        self.line.settimeout(20)

    def read(self, size: int) -> bool:
        more = self.line.recv(size)
        self.log += more
        return bool(more)

    def read_all(self) -> list[str]:
        """The log's lines."""
        while self.read(65536):
            pass
        self.line.close()
        lines = self.log.decode(errors="replace").splitlines()
        return lines[next(place for place, line in enumerate(lines) if line.startswith("trapline ")) :]


def boot(pytestconfig, path, cases: str, line: SlowLine):
    command = [pytestconfig.option.qemu or "qemu-system-x86_64", "-M", "pc", "-cpu", "max", "-smp", "2", "-display"]
    command += ["none", "-nodefaults", "-no-reboot", "-serial", f"unix:{line.path}", "-kernel", str(path), "-append"]
    command += [f"cases={cases}", "-device", "isa-debug-exit,iobase=0xf4", "-monitor", "stdio"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, bufsize=0)
