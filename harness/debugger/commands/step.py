# SPDX-License-Identifier: BSD-2-Clause
"""What mode step does, in gdb's own Python: its command language takes ten times as long to look where the CPU is.

DOORS are the instructions by which the kernel enters or returns to a body, as (instruction pointer, code segment or 0
for any); BODIES where the bodies are, as (code segment or 0, first address, address after the last).
"""

import gdb


def resume(command: str) -> tuple[int, int]:
    """Runs the guest to its next stop: the code segment and the instruction pointer there. Raises gdb.GdbError."""
    said = gdb.execute(command, to_string=True)
    if gdb.selected_thread() is None:
        gdb.write(said)
        raise gdb.GdbError("The program is not being run.")
    frame = gdb.newest_frame()
    return int(frame.read_register("cs")), int(frame.read_register("pc")) & (1 << 64) - 1


def running() -> str:
    """The case that runs, and the link address of the body in it, as common.gdb's say_case has them."""
    name, body = (int(gdb.convenience_variable(variable)) for variable in ("running_case", "running_body"))
    memory = gdb.selected_inferior().read_memory
    case = bytes(memory(name, 64)).partition(b"\0")[0].decode("ascii", "replace")
    return f"{case} {int.from_bytes(memory(body, 4), 'little'):#x}"


class RunToBody(gdb.Command):
    """Runs to where a body is entered or returned to; tells the case, where it is another, and each stop on the way."""

    def __init__(self) -> None:
        super().__init__("run_to_body", gdb.COMMAND_USER)
        self._told = ""

    def invoke(self, argument: str, from_tty: bool) -> None:
        while True:
            cs, pc = resume("continue")
            if (now := running()) != self._told:
                self._told = now
                gdb.write(f"| case {now}\n")
            if (pc, cs) in DOORS or (pc, 0) in DOORS:  # noqa: F821
                return
            gdb.write(f"| stop {cs:#x} {pc:#x}\n")
            gdb.flush()


class StepThroughBody(gdb.Command):
    """Steps into a body, and on until the CPU is in none; tells each place."""

    def __init__(self) -> None:
        super().__init__("step_through_body", gdb.COMMAND_USER)

    def invoke(self, argument: str, from_tty: bool) -> None:
        while True:
            cs, pc = resume("stepi")
            if not any(segment in (0, cs) and start <= pc < end for segment, start, end in BODIES):  # noqa: F821
                return
            gdb.write(f"| at {cs:#x} {pc:#x}\n")
            gdb.flush()


RunToBody()
StepThroughBody()
