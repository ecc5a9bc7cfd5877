/* SPDX-License-Identifier: BSD-2-Clause */
/* An instruction breakpoint: a fault, so its instruction has not been executed and the saved RIP is
 * its own; the image of RFLAGS has RF clear. Going on with RF set executes the instruction.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY_16(ibreak, R"(
	mov	$1, %al
mark	target
	mov	$2, %al
mark	after
	nop
)");

static bool note_ax(struct trap_frame *frame)
{
	note("ax=%x", frame->ax);
	return false;
}

CASE(ibreak, PROTECTED_MODES | SEGMENT_MODES)
{
	struct registers left;

	traps_set_hook(note_ax);
	breakpoint_set(0, MARK(ibreak, "target"), BREAK_EXECUTE, 1);
	left = RUN(ibreak);
	note("end_ax=%x", left.ax);
}
