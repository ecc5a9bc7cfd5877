# SPDX-License-Identifier: BSD-2-Clause
"""A PLATFORM= file, read and probed; the command that it makes is put together, not started."""

from pathlib import Path

from harness.platform.base import Platform
from harness.platform.from_file import KINDS, probe
from harness.tests.fuzz.mutations import any_or, made_of, mutated
from harness.tests.fuzz.reader import Reader

WHOLE = b"""\
name = "mine 1.0"
command = ["sh", "-c", "{image} {cmdline} {{x}} {serial}", "{folder}"]
good = [0, 85]
reset = [3]
crash = [134]
modes = ["kernel64", "real16"]
pace = 2.5
longest = 2000

[facts]
accel = "mine"
qemu = 7.2
cpus = 2
vendor = true

[cannot]
"nested_*" = "it has no SVM"
"""
SHORT = b"name = 'mine'\ncommand = ['./boot', '{image}']\n"
WORDS = (
    *(b"{image}", b"{", b"}}", b"{}", b"{0}", b"{image!r}", b"{image.x}", b"[facts]\n", b"pace = 0\n", b"pace = inf\n"),
    *(
        b"nan",
        b"true",
        b"[]",
        b"[[]]",
        b'"\\u0000"',
        b'"\\ud800"',
        b"1979-05-27",
        b"''",
        b"'/'",
        b"'.'",
        b"'~'",
        b"{a=1}",
    ),
)


def read(data: bytes, folder: Path) -> None:
    (folder / "mine.toml").write_bytes(data)
    platform = probe(str(folder / "mine.toml"))
    if isinstance(platform, Platform):
        platform.command(folder / "image", "icebp", folder)
        platform.write_command(folder, folder / "image", "icebp", None)
        platform.refusal("nested_1", "detached")


LONG = b"['%s', '{image}']" % (b"a" * 5000)
FOUND = (b"name = 'mine'\ncommand = %s\n" % LONG,)
VALUES = (
    *(
        b"'mine'",
        b"['sh', '{image}']",
        b"['sh', '{image}{']",
        b"[]",
        b"[0]",
        b"{}",
        b"{a = 1}",
        b"{'[' = 'x'}",
        b"1e308",
        b"1",
    ),
    *(
        b"['real16']",
        b"['x']",
        b"['', '{image}']",
        b"['/', '{image}']",
        b"{a = {}}",
        b"[true]",
        b"[-1, 99999999999]",
        b"nan",
    ),
    LONG,
)
TABLES = made_of([key.encode() for key in KINDS], VALUES, [b"[facts]\n", b"[cannot]\n"])
READER = Reader(any_or(mutated([WHOLE, SHORT], WORDS), TABLES, TABLES.map(lambda table: SHORT + table)), read, FOUND)
