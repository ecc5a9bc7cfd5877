# SPDX-License-Identifier: BSD-2-Clause
"""A QEMU that is none, and misbehaves as it is told: `misbehaving.py WHAT` and then a QEMU's own options.

It connects to its log and to QMP as a QEMU does. WHAT are words of the script below, with commas between: each is one
thing to do, in turn.
"""

import os
import re
import signal
import socket
import sys
import time

BEGUN = "trapline 1 mode=kernel32 cpus=1 cases=1\nbegin a@kernel32\n"
WHOLE = f"{BEGUN}end a@kernel32\nbye cases=1 traps=0\n"

FLOOD = 251_000  # lines: more than are read, and no more than a pipe holds
PAUSE = 0.7  # seconds

LINES = {
    "greet": '{"QMP": {"version": {}}}',
    "greet in words": "hello",
    "greet with a number": "42",
    "greet with a list": "[]",
    "greet in bytes": "\0\xff\x80",
    "greet with half": '{"QMP": ',
    "greet nested": "[" * 100_000,
    "answer": '{"return": {}}',
    "answer running": '{"return": {"status": "running"}}',
    "answer with a number": '{"return": 42}',
    "answer with nothing": "{}",
    "answer twice": '{"return": {}}\n{"return": {}}',
    "refuse": '{"error": {"class": "GenericError", "desc": "I will not"}}',
    "refuse without a word": '{"error": {}}',
    "refuse with a number": '{"error": 42}',
    "tell of an event without data": '{"event": "SHUTDOWN"}',
    "tell of an event with a number": '{"event": "SHUTDOWN", "data": 42}',
    "tell of an event that nobody knows": '{"event": "BLOCK_IO_ERROR", "data": {}}',
    "tell of an event without a name": '{"event": null}',
    "tell of a reset": '{"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}',
    "tell of a stop": '{"event": "STOP"}',
}


def connection(name: str) -> socket.socket:
    """To the UNIX socket of this name, of which a -chardev of ours speaks."""
    (path,) = re.findall(rf"socket,id={name},path=([^,\s]+)", " ".join(sys.argv))
    made = socket.socket(socket.AF_UNIX)
    made.connect(path)
    return made


def main() -> None:
    serial, qmp = connection("serial"), connection("qmp")
    requests = qmp.makefile("rb")
    for word in sys.argv[1].split(","):
        if word == "hear":
            requests.readline()
        elif word == "begin":
            serial.sendall(BEGUN.encode())
        elif word == "write all":
            serial.sendall(WHOLE.encode())
        elif word == "hang up":
            qmp.shutdown(socket.SHUT_RDWR)
        elif word == "lose the log":
            serial.shutdown(socket.SHUT_RDWR)
        elif word == "end":
            serial.sendall(WHOLE.removeprefix(BEGUN).encode())
        elif word == "flood":
            sys.stdout.write("noise\n" * FLOOD)
            sys.stdout.flush()
        elif word == "pause":
            time.sleep(PAUSE)
        elif word == "stay":
            time.sleep(77)
        elif word == "exceed":
            os.kill(os.getpid(), signal.SIGXCPU)
        elif word == "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif word.startswith("exit "):
            os._exit(int(word[5:]))
        else:
            qmp.sendall(LINES[word].encode("latin-1") + b"\n")


if __name__ == "__main__":
    main()
