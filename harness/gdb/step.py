# SPDX-License-Identifier: BSD-2-Clause
"""Commands of mode step, in gdb's own Python: its command language takes ten times as long to look where the CPU is.

DOORS are the instructions by which the kernel enters or returns to a body, as (instruction pointer, code segment or 0
for any); BODIES where the bodies are, as (code segment or 0, first address, address after the last).
"""

import gdb


def where() -> tuple[int, int]:
    """The code segment and the instruction pointer of the CPU that gdb looks at."""
    frame = gdb.newest_frame()
    return int(frame.read_register("cs")), int(frame.read_register("pc")) & (1 << 64) - 1


class LookAround(gdb.Command):
    """Sets $at_door to whether the CPU is at one of the doors."""

    def __init__(self) -> None:
        super().__init__("look_around", gdb.COMMAND_USER)

    def invoke(self, argument: str, from_tty: bool) -> None:
        cs, pc = where()
        gdb.set_convenience_variable("at_door", int((pc, cs) in DOORS or (pc, 0) in DOORS))  # noqa: F821


class StepThroughBody(gdb.Command):
    """Steps into a body, and on until the CPU is in none; tells each place."""

    def __init__(self) -> None:
        super().__init__("step_through_body", gdb.COMMAND_USER)

    def invoke(self, argument: str, from_tty: bool) -> None:
        while True:
            said = gdb.execute("stepi", to_string=True)
            if gdb.selected_thread() is None:
                gdb.write(said)
                raise gdb.GdbError("The program is not being run.")
            cs, pc = where()
            if not any(segment in (0, cs) and start <= pc < end for segment, start, end in BODIES):  # noqa: F821
                return
            gdb.write(f"| at {cs:#x} {pc:#x}\n")
            gdb.flush()


class SayCase(gdb.Command):
    """What common.gdb defines by this name, whose printf asks for a string in the guest byte by byte."""

    def __init__(self) -> None:
        super().__init__("say_case", gdb.COMMAND_USER)

    def invoke(self, argument: str, from_tty: bool) -> None:
        name, body = (int(gdb.convenience_variable(variable)) for variable in ("running_case", "running_body"))
        memory = gdb.selected_inferior().read_memory
        case = bytes(memory(name, 64)).partition(b"\0")[0].decode("ascii", "replace")
        gdb.write(f"| case {case} {int.from_bytes(memory(body, 4), 'little'):#x}\n")


LookAround()
SayCase()
StepThroughBody()
