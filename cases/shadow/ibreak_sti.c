/* SPDX-License-Identifier: BSD-2-Clause */
/* STI holds back maskable interrupts after it, not debug exceptions: a breakpoint on the next
 * instruction is met. The handler returns with IF clear, so that no interrupt comes in.
 *
 * SDM Vol. 2, "STI"; Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY(ibreak_sti, R"(
	sti
mark	cli
	cli
mark	after
	nop
)");

#define FLAGS_IF (1ul << 9)

static bool clear_if(struct trap_frame *frame)
{
	frame->flags &= ~FLAGS_IF;
	return false;
}

CASE(ibreak_sti, KERNEL32 | KERNEL64)
{
	traps_set_hook(clear_if);
	breakpoint_set(0, MARK(ibreak_sti, "cli"), BREAK_EXECUTE, 1);
	RUN(ibreak_sti);
}
