# SPDX-License-Identifier: BSD-2-Clause
"""The guest's images: which cases one holds, and where its symbols are."""

import fnmatch
import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from harness.errors import WrongQuestion

# In the order of enum mode in guest/mode.h.
MODES = {"guest32": ("kernel32", "user32", "vm86", "real16"), "guest64": ("kernel64", "user64", "compat32")}


@dataclass(frozen=True)
class Image:
    """`cases` are NAME@MODE, in the order in which the guest runs them; `everything` are all that the file has."""

    path: Path
    cases: tuple[str, ...]
    everything: tuple[str, ...] = ()

    def narrowed(self, wanted: Callable[[str], bool]) -> "Image":
        """The same file with only the cases that are wanted."""
        return replace(self, cases=tuple(filter(wanted, self.cases)))

    def pattern(self, cases: Sequence[str]) -> str:
        """What follows `cases=` on the guest's command line to get these of its cases: short, where it can be."""
        if tuple(cases) == self.everything:
            return "*"
        if len(cases) > 1 and tuple(cases) == self.everything[-len(cases) :]:
            return f"* after={self.everything[-len(cases) - 1]}"
        return ",".join(cases)

    @property
    def name(self) -> str:
        return self.path.stem

    @functools.lru_cache
    def symbol(self, name: str) -> int:
        """The address of a symbol."""
        with self.path.open("rb") as file:
            found = ELFFile(file).get_section_by_name(".symtab").get_symbol_by_name(name)
        return found[0]["st_value"]


def read_image(path: Path) -> Image:
    try:
        with path.open("rb") as file:
            section = ELFFile(file).get_section_by_name("trapline.cases")
            text = section.data().decode("ascii") if section else None
    except FileNotFoundError:
        raise WrongQuestion(f"{path} is not there: build the images with 'make'") from None
    except ELFError:
        text = None
    if text is None:
        raise WrongQuestion(f"{path} is no image of this guest: build it again with 'make clean all'")
    cases = []
    for entry in filter(None, text.split("\0")):
        name, _, modes = entry.partition(" ")
        listed = re.findall(r"\w+", modes.lower())
        cases += [f"{name}@{mode}" for mode in MODES[path.stem] if mode in listed]
    return Image(path, tuple(cases), tuple(cases))


def read_images(build: Path) -> list[Image]:
    return [read_image(build / f"{name}.elf") for name in MODES]


def select(images: list[Image], case: str, mode: str) -> list[Image]:
    """The images with only the cases that match the comma-separated patterns; an empty string means all.

    A case's pattern is held against NAME@MODE if it has an @, else against NAME.
    """
    everything = [name for image in images for name in image.cases]

    def wanted(full_name: str) -> bool:
        name, _, its_mode = full_name.partition("@")
        by_case = not case or any(
            fnmatch.fnmatchcase(full_name if "@" in pattern else name, pattern) for pattern in case.split(",")
        )
        by_mode = not mode or any(fnmatch.fnmatchcase(its_mode, pattern) for pattern in mode.split(","))
        return by_case and by_mode

    chosen = [image.narrowed(wanted) for image in images]
    if not any(image.cases for image in chosen):
        asked = " and ".join(f"{key}={value}" for key, value in (("CASE", case), ("MODE", mode)) if value)
        names = sorted({name.partition("@")[0] for name in everything})
        modes = sorted({name.partition("@")[2] for name in everything})
        raise WrongQuestion(f"no case matches {asked}: there are {', '.join(names)}; in modes {', '.join(modes)}")
    return [image for image in chosen if image.cases]
