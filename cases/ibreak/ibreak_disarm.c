/* SPDX-License-Identifier: BSD-2-Clause */
/* A handler that disarms the breakpoint need not set RF: the instruction is executed.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY(ibreak_disarm, R"(
mark	target
	mov	$1, %al
mark	after
	nop
)");

static bool disarm(struct trap_frame *frame)
{
	(void)frame;
	breakpoints_clear();
	return true;
}

CASE(ibreak_disarm, PROTECTED_MODES)
{
	struct registers left;

	traps_set_hook(disarm);
	breakpoint_set(0, MARK(ibreak_disarm, "target"), BREAK_EXECUTE, 1);
	left = RUN(ibreak_disarm);
	note("ax=%x", left.ax);
}
