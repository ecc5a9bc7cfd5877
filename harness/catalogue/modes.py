# SPDX-License-Identifier: BSD-2-Clause
"""The modes that cases run in: which image has which, and what follows from a mode for every line of a log."""

from functools import lru_cache

# By image, in the order of enum mode in guest/mode.h.
MODES = {"guest32": ("kernel32", "user32", "vm86", "real16"), "guest64": ("kernel64", "user64", "compat32")}

ALL_MODES = (*MODES["guest32"], *MODES["guest64"])

WIDTHS = {"kernel64": 64, "user64": 64, "vm86": 16, "real16": 16}

# The mode's own code segment, as the log names it, where it is not named for the mode.
CODE_SEGMENTS = {"kernel32": "kernel", "kernel64": "kernel", "user32": "user", "user64": "user", "compat32": "user32"}

# The flags without which no code runs in the mode: virtual-8086 mode, and IOPL 3, with which INT n and PUSHF are not
# refused there (SDM Vol. 3, "Virtual-8086 Mode").
FLAGS = {"vm86": ("IOPL1", "IOPL2", "VM")}

# The names of RFLAGS' bits as the log has them, in their order (guest/log.c).
FLAG_NAMES = (
    *("CF", "!1", "PF", "bit3", "AF", "bit5", "ZF", "SF", "TF", "IF", "DF", "OF", "IOPL1", "IOPL2", "NT", "bit15"),
    *("RF", "VM", "AC", "VIF", "VIP", "ID", "high"),
)


def mode_width(mode: str) -> int:
    """The width of the code that runs in a mode, in bits."""
    return WIDTHS.get(mode, 32)


@lru_cache(maxsize=None)
def in_mode(line: str, mode: str) -> str:
    """A line of a required log as the guest has it in `mode`: a trap's line that names no code segment has the mode's
    own, and the flags that are the mode's own.
    """
    words = line.split(" ")
    place = _flags_in(words)
    if place is None or any(word.startswith("cs=") for word in words):
        return line
    words.insert(place + 1, f"cs={CODE_SEGMENTS.get(mode, mode)}")
    if mode in FLAGS:
        flags = {*words[place].removeprefix("flags=").split(","), *FLAGS[mode]} - {"-"}
        words[place] = f"flags={','.join(sorted(flags, key=_bit))}"
    return " ".join(words)


@lru_cache(maxsize=None)
def in_any_mode(line: str, mode: str) -> str:
    """The shortest line of which in_mode() makes `line`."""
    words = line.split(" ")
    place = _flags_in(words)
    if place is None:
        return line
    own = FLAGS.get(mode, ())
    flags = [flag for flag in words[place].removeprefix("flags=").split(",") if flag not in own]
    shorter = [*words[:place], f"flags={','.join(flags) or '-'}", *words[place + 2 :]]
    return " ".join(shorter) if in_mode(" ".join(shorter), mode) == line else line


def _bit(flag: str) -> int:
    return FLAG_NAMES.index(flag) if flag in FLAG_NAMES else len(FLAG_NAMES)


def _flags_in(words: list[str]) -> int | None:
    """Where a trap's line has its flags; a note says what it says."""
    if words[0] == "note":
        return None
    return next((place for place, word in enumerate(words) if word.startswith("flags=")), None)
