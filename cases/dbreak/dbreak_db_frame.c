/* SPDX-License-Identifier: BSD-2-Clause */
/* The frame of a single-step #DB goes over a watched slot of the stack: the delivery is one, and a
 * second #DB is taken at the first instruction of the first one's handler, on the stack below its
 * frame. On a stack that begins anew with each #DB the two would have no end (CVE-2015-8104). The
 * slot is so deep that nothing else writes it before the breakpoint is disarmed.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions"; "Single-Step Exception
 * Condition"; "Priority Among Concurrent Events". */
#include "case.h"

#define DEPTH 1024 /* as in the body */
#define SAVED_CS (fence_mode() == KERNEL64 ? 32 : 8)

BODY(dbreak_db_frame, R"(
	lea	-1024(xSP), xSP
	step
mark	stepped
	nop
mark	after
	nop
	lea	1024(xSP), xSP
)");

static bool stop(struct trap_frame *frame)
{
	breakpoints_clear();
	frame->flags &= ~FLAGS_TF;
	return false;
}

CASE(dbreak_db_frame, KERNEL32 | KERNEL64)
{
	traps_set_hook(stop);
	breakpoint_set(0, body_stack_top(fence_mode()) - DEPTH - SAVED_CS, BREAK_WRITE, 4);
	RUN(dbreak_db_frame);
}
