# SPDX-License-Identifier: BSD-2-Clause
"""debug.flat as Bochs boots it: in a copy, without one instruction.

Its start switches the local APIC off and on again. A processor may take it for gone then (SDM Vol. 3, "Enabling or
Disabling the Local APIC"), and Bochs 2.7 does.
"""

from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from harness.system.errors import WrongQuestion

SWITCHES_OFF = "disable_apic"
WRMSR, NOP = b"\x0f\x30", b"\x66\x90"


def for_bochs(program: Path) -> bytes:
    """The program without the WRMSR of disable_apic(). Raises WrongQuestion."""
    data = program.read_bytes()
    offset, size = _function(program)
    place = data.find(WRMSR, offset, offset + size)
    if place < 0:
        raise WrongQuestion(
            f"{program}: there is no WRMSR in {SWITCHES_OFF}() to leave out for Bochs: run it in a QEMU"
        )
    return data[:place] + NOP + data[place + len(WRMSR) :]


def _function(program: Path) -> tuple[int, int]:
    """Where disable_apic() is in the file, and its size."""
    try:
        with program.open("rb") as file:
            elf = ELFFile(file)
            symbol = elf.get_section_by_name(".symtab").get_symbol_by_name(SWITCHES_OFF)[0]
            return next(elf.address_offsets(symbol["st_value"])), symbol["st_size"]
    except (ELFError, AttributeError, TypeError, StopIteration):
        raise WrongQuestion(
            f"{program}: there is no {SWITCHES_OFF}() in it to change for Bochs: run it in a QEMU"
        ) from None
