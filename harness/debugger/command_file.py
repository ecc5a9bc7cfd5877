# SPDX-License-Identifier: BSD-2-Clause
"""gdb's commands for a debugger mode, an image and its cases, in one file that a person can run too."""

from functools import partial
from pathlib import Path

from harness.catalogue.debugger_modes import COMMANDS, script_of, takes_part
from harness.catalogue.image import Image
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT


def command_file(mode: str, image: Image, hardware: bool = False) -> str:
    """gdb's commands for a mode on this image and its cases, whole: nothing but $connection has to be set before.

    `hardware` if the hypervisor cannot have breakpoints in the guest's memory.
    """
    lines = [*variables(image), f"set $hardware = {int(hardware)}", ""]
    if mode == "step":
        lines += stepping_variables(image)
    if mode != "script":
        return "\n".join([*lines, *flattened(COMMANDS / f"{mode}.gdb"), ""])
    lines += [*flattened(COMMANDS / "common.gdb"), "set $in_harness = 1"]
    for case in image.cases:
        lines += [
            "",
            f'printf "| script {case}\\n"',
            f"marks_{case.replace('@', '_')}",
            "begin_script",
            *flattened(script_of(case)),
            "end_script",
        ]
    return "\n".join([*lines, "run_on", ""])


def flattened(path: Path, within: tuple[Path, ...] = ()) -> list[str]:
    """The lines of a command file, with those of the files that it sources in their places; `within` those that do."""
    if path in within:
        raise WrongQuestion(f"{path}: sources itself")
    lines: list[str] = []
    for line in files.read_text(path).splitlines():
        word, _, name = line.partition(" ")
        lines += flattened(ROOT / name, (*within, path)) if word == "source" else [line]
    return ["python", *lines, "end"] if path.suffix == ".py" else lines


def variables(image: Image) -> list[str]:
    """What the command files know of the image: common.gdb and by_hand.gdb say what these are."""
    names = {
        "unreached": "unreached",
        "untouched": "untouched",
        "scratch": "SCRATCH",
        "unmapped": "UNMAPPED",
        "running_case": "running_case",
        "running_body": "running",
        "first_case": "fence_run",
        "case_over": "case_over",
    }
    lines = [f"# For {image.path.name}, by its symbols."]
    lines += [f"set ${variable} = {image.symbol(name):#x}" for variable, name in names.items()]
    for case in filter(partial(takes_part, "script"), image.cases):
        lines += [f"define marks_{case.replace('@', '_')}"]
        lines += [f"  set $at_{mark} = {address:#x}" for mark, address in image.marks(case).items()]
        lines += ["end"]
    return lines


def stepping_variables(image: Image) -> list[str]:
    """What step.gdb and step.py know of the image beside."""
    doors = image.doors()
    segment, size = image.body_segment()
    bodies = [(0, image.symbol("bodies_start"), image.symbol("bodies_end")), (segment, 0, size)]
    return [
        "define break_at_doors",
        *(f"  break *{door.linear:#x} thread 1" for door in doors),
        "end",
        f"python DOORS = {{{', '.join(f'({door.ip:#x}, {door.cs:#x})' for door in doors)}}}",
        f"python BODIES = [{', '.join(f'({cs:#x}, {start:#x}, {end:#x})' for cs, start, end in bodies)}]",
        "",
    ]
