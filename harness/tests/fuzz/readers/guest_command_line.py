# SPDX-License-Identifier: BSD-2-Clause
"""The guest's own command line: whatever it holds, the guest runs what docs/log.md says, to its last line."""

import re
import subprocess
from pathlib import Path

from hypothesis import strategies

from harness.catalogue.image import Image, read_images
from harness.catalogue.log import read_log
from harness.tests.fuzz.reader import Reader
from harness.vm.ending import STATUS_DONE

WITHIN = 60  # seconds, for a boot
LONGEST_AFTER = 63  # characters of after= that the guest keeps
QEMU = "qemu-system-x86_64 -M pc -cpu max -smp 2 -m 64 -nodefaults -no-user-config -display none -no-reboot".split()

# None of these resets its machine, and all are quick.
NAMES = ("int3", "icebp", "int_n", "into", "tf_step", "tf_clear", "pushf_popf_tf")
PARTS = (*NAMES, *"* ? in t _ @ kernel 32 64 user64 , [i] \\ nosuch =".split(), "", "\t")
# A device's registers, memory, the page that is not mapped, the address space's end, and what is no address.
ADDRESSES = ("fee00000", "feb00000", "fec00000", "fed00000", "0", "100000", "b8000", "e0000000", "e03ffffc", "ffffffff")
ADDRESSES += ("fffffffc", "fffff000", "feb00001", "feb00ff8", "", "x", "123456789abcdef", "FEB00000")


def text_of(*parts: str) -> strategies.SearchStrategy[str]:
    return strategies.lists(strategies.sampled_from(parts), max_size=8).map("".join)


PATTERNS = strategies.lists(
    strategies.one_of(text_of(*PARTS), strategies.sampled_from([f"{'*' * 40}x", "*@kernel*", "int3@*"])), max_size=6
).map(",".join)
WORDS = strategies.one_of(
    PATTERNS.map("cases={}".format),
    text_of(*NAMES, "@", "kernel32", "kernel64", "*").map("after={}".format),
    strategies.sampled_from(ADDRESSES).map("console=virtio@{}".format),
    text_of("virtio", "@", "300", "ttyS0", "console=").map("console={}".format),
    strategies.sampled_from(["screen=vga", "screen=", "screen=vgax", "cases", "xcases=*", "=", "--", "quiet"]),
    text_of("a", "=", "\x7f", "\xff", "\u20ac", "\t", "\x1b", "%s", '"', "'", "\\", ","),
)


def command_line(words: list[str]) -> str:
    """With a list of cases at its end: the first one that is there counts, and without any all run."""
    return " ".join([*words, "cases=int3,icebp"])


def asked_of(image: Image, text: str) -> list[str]:
    """The cases that docs/log.md says it asks for, in the image's order."""
    words = text.split(" ")

    def option(key: str) -> str:
        return next((word.removeprefix(key) for word in words if word.startswith(key)), "")

    patterns = [pattern for pattern in option("cases=").split(",") if pattern]
    after = option("after=").encode()[:LONGEST_AFTER].decode(errors="replace")
    begun, asked = not after, []
    for case in image.everything:
        name = case.partition("@")[0]
        if begun and any(matches(case if "@" in pattern else name, pattern) for pattern in patterns):
            asked.append(case)
        begun |= case == after
    return asked


def matches(name: str, pattern: str) -> bool:
    parts = {"*": ".*", "?": "."}
    return bool(re.fullmatch("".join(parts.get(c) or re.escape(c) for c in re.sub(r"\*+", "*", pattern)), name))


def read(value: tuple[int, list[str]], folder: Path) -> None:
    """Boots an image, the first or the second."""
    number, words = value
    image, text = read_images()[number], command_line(words)
    asked = asked_of(image, text)
    if any(case.partition("@")[0] not in NAMES for case in asked):
        return  # it may reset its machine, or take longer than that
    command = [*QEMU, "-accel", "tcg", "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-serial", "file:serial.log"]
    command += ["-kernel", str(image.path), "-append", text]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=WITHIN)
    assert done.returncode == STATUS_DONE, (done.returncode, done.stderr)
    log = read_log((folder / "serial.log").read_text(encoding="ascii", errors="strict"))
    assert log.whole and [block.case for block in log.blocks] == asked, (log, asked)


READER = Reader(
    strategies.tuples(strategies.integers(0, 1), strategies.lists(WORDS, max_size=5)),
    read,
    found=(
        (0, ["console=virtio@e0000000"]),
        (1, ["console=virtio@fffffffc"]),
        (0, ["cases=int3@kernel32," + "*" * 40 + "x"]),
    ),
    few=10,
)
