# SPDX-License-Identifier: BSD-2-Clause
"""What a build of the guest writes on TCG, and where two builds do not write the same."""

import shutil
from itertools import zip_longest
from pathlib import Path

from harness.catalogue.image import read_images
from harness.platform import Unusable, find_platforms
from harness.runs.record import Record
from harness.runs.runner import Runner, make_groups
from harness.symbolize.chain import call_chain
from harness.symbolize.program import Program
from harness.symbolize.dumps import read_dumps
from harness.system.errors import WrongQuestion
from harness.tests.aim import make_settings

UNDEFINED = (b"\x0f\x0b", b"\x0f\xb9", b"\x67\x0f\xb9")  # UD2 is GCC's trap, UD1 is Clang's
LONGEST_SHOWN = 200  # characters of a line that differs

# The serial logs, by the image, with a number for each VM that it took.
Logs = dict[tuple[str, int], str]


def boot(build: Path, kept: Path) -> Logs:
    """What all cases write, VM by VM; the VMs' folders stay below `kept`. Raises WrongQuestion."""
    settings = make_settings(accel="tcg")
    (platform,) = find_platforms(settings.target, "")
    if isinstance(platform, Unusable):
        raise WrongQuestion(f"tcg: {platform.reason}")
    shutil.rmtree(kept, ignore_errors=True)
    runner = Runner(settings.jobs, settings.deadlines)
    runner.record = Record(kept)
    for _ in runner.run_all(make_groups([platform], "detached", read_images(build)), []):
        pass
    return dict(_read(folder) for folder in runner.record.path.glob("*-guest*-*"))


def _read(folder: Path) -> tuple[tuple[str, int], str]:
    """A VM's log, without what the harness says of its end, which has addresses."""
    _, image, number = folder.name.rsplit("-", 2)
    text = (folder / "serial.log").read_text(encoding="ascii", errors="backslashreplace")
    return (image, int(number)), text.partition("\nended ")[0]


def difference(logs: Logs, ordinary: Logs) -> str:
    """The first line in which two builds' logs differ, with the case in which it is; empty for none."""
    for image, number in sorted(logs.keys() | ordinary.keys()):
        case = "before the first case"
        pairs = zip_longest(*(each.get((image, number), "").split("\n") for each in (logs, ordinary)))
        for line, (mine, theirs) in enumerate(pairs, 1):
            if mine != theirs:
                shown = [f'"{each[:LONGEST_SHOWN]}"' if each is not None else "nothing" for each in (mine, theirs)]
                return f"{image}, VM {number}, line {line}, {case}: {shown[0]}; in build/: {shown[1]}"
            if mine.startswith("begin "):
                case = mine.partition(" ")[2]
    return ""


def undefined_behaviour(build: Path, logs: Logs) -> str:
    """Where the guest's C has run into a trap of UBSan's; empty for nowhere."""
    for (image, _), text in sorted(logs.items()):
        debug = build / f"{image}.debug.elf"
        for dump in read_dumps(text)[:1]:
            if Program(debug).code_at(dump.registers.get("pc", 0), 3).startswith(UNDEFINED):
                frame = call_chain(text, debug)[0]
                return f"undefined behaviour in {frame.name}, {frame.place}"
    return ""
