# SPDX-License-Identifier: BSD-2-Clause
"""A QEMU that has been started in a host, and waits there for its image and its cases.

An emulator that has just restored a host has to translate all code anew, and QEMU's start is far more of it than
what follows. So a host is kept with a QEMU that has started. With -preconfig it waits before it makes
the machine, whose properties, -kernel and -append among them, are given over QMP then (QEMU: Invocation, "-preconfig";
QMP Reference Manual, "qom-set", "x-exit-preconfig"). That goes over a monitor of its own, so that the other one is
as it is in any QEMU that has just started.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.lab import in_host, link as frames
from harness.lab.link import Link, LinkError
from harness.lab.options import Options, Socket, translate

# The file that says in a state's directory, and beside a host's link, that a QEMU waits.
FILE = "waiting"

# The first QEMU that this was tried with. In 5.2, qom-set of what -append sets ends in free(): invalid pointer.
SINCE = (7, 2)

LATE = {"-kernel": "kernel", "-append": "append"}
MONITOR = "early"
RETURN, ERROR = '"return"', '"error"'


@dataclass(frozen=True)
class Waiting:
    """A QEMU that waits: its options, what it has said on each channel that it has opened, its monitor's channel."""

    words: list[str]
    said: dict[int, str]
    monitor: int

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    def go_on(self, link: Link, asked: Options) -> None:
        """Sends the files of these options, gives QEMU those that are late, and has it make the machine."""
        send_files(link, asked)
        _, late = split(asked.words)
        for name, value in late.items():
            _execute(link, self.monitor, "qom-set", path="/machine", property=name, value=value)
        _execute(link, self.monitor, "x-exit-preconfig")


def answers_due(asked: Options) -> int:
    """How many answers the monitor has given when QEMU has gone on with these options."""
    return len(split(asked.words)[1]) + 1


def read(path: Path) -> Waiting | None:
    """The QEMU that this file says waits, if it is there."""
    if not path.exists():
        return None
    table = json.loads(path.read_text(encoding="utf-8"))
    return Waiting(table["words"], {int(number): text for number, text in table["said"].items()}, table["monitor"])


def send_files(link: Link, asked: Options) -> None:
    """Puts the files that these options name to their places in the host."""
    for source, there in asked.files.items():
        try:
            link.write_file(there, Path(source).read_bytes())
        except OSError:
            pass  # QEMU will say so


def split(words: list[str]) -> tuple[list[str], dict[str, str]]:
    """QEMU's options without those that can be given late, and these: the machine's properties."""
    early: list[str] = []
    late: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if word in LATE:
            late[LATE[word]] = next(rest, "")
        else:
            early.append(word)
    return early, late


def start(link: Link, options: list[str], deadline: float) -> Waiting:
    """Starts QEMU with these options, and returns when it waits. Raises LinkError."""
    asked = translate([*options, "-chardev", f"socket,id={MONITOR},path={MONITOR}", "-qmp", f"chardev:{MONITOR}"])
    connecting = [socket for socket in asked.sockets if not socket.listens]
    monitor = connecting[-1].number
    for socket in connecting:
        link.send(frames.LISTEN, socket.number, socket.there.encode())
    link.execute([*in_host.COMMAND, "-preconfig", *asked.words])
    said = _listen(link, connecting, monitor, deadline)
    del said[monitor]
    return Waiting(translate(options).words, said, monitor)


def _listen(link: Link, connecting: list[Socket], monitor: int, deadline: float) -> dict[int, str]:
    """What is said on each channel until the monitor takes commands.

    It is the last one that QEMU opens, and the agent carries them in their order.
    """
    said = {socket.number: "" for socket in connecting}
    link.connection.settimeout(deadline)
    greeted = False
    while True:
        for kind, number, data in link.take():
            if kind == frames.EXECUTE:
                raise LinkError("QEMU does not wait but ends")
            if kind == frames.DATA and number in said:
                said[number] += data.decode("utf-8", "replace")
        if not greeted and "QMP" in said[monitor]:
            greeted = True
            _execute(link, monitor, "qmp_capabilities")
        if RETURN in said[monitor]:
            return said


def _execute(link: Link, channel: int, command: str, **arguments: str) -> None:
    request = {"execute": command} | ({"arguments": arguments} if arguments else {})
    link.send(frames.DATA, channel, json.dumps(request).encode() + b"\n")
