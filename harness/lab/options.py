# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's options as they are in a host, where its sockets and the files of -kernel and -initrd are elsewhere."""

import os
from dataclasses import dataclass, field

from harness.lab import in_host

FILES = ("-kernel", "-initrd")


@dataclass
class Socket:
    """One of QEMU's UNIX sockets, a channel of the link: its path here and there, and whether QEMU listens at it."""

    number: int
    path: str
    there: str
    listens: bool


@dataclass
class Options:
    """The options in the host, the sockets that they name, and the files: each one's path here, and there."""

    words: list[str] = field(default_factory=list)
    sockets: list[Socket] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)


def translate(options: list[str]) -> Options:
    """What these options are in a host."""
    found = Options()
    for before, word in zip(["", *options], options):
        if before in FILES:
            found.files[word] = in_host.TEMPORARY + os.path.basename(word)
            word = found.files[word]
        elif before == "-chardev" and word.startswith("socket,"):
            word = _carried(word, "path=", found.sockets)
        elif word.startswith("unix:"):
            word = _carried(word, "unix:", found.sockets)
        found.words.append(word)
    return found


def _carried(word: str, key: str, sockets: list[Socket]) -> str:
    """Notes the UNIX socket that an option names, if it does; the option as it is in the host."""
    parts = word.split(",")
    for number, part in enumerate(parts):
        if part.startswith(key):
            path = part.removeprefix(key)
            there = in_host.TEMPORARY + os.path.basename(path)
            sockets.append(Socket(len(sockets) + 1, path, there, bool({"server=on", "server"} & set(parts))))
            parts[number] = key + there
    return ",".join(parts)
