/* SPDX-License-Identifier: BSD-2-Clause */
/* A handler that goes on from an instruction breakpoint with RF clear meets it again.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY(ibreak_no_rf, R"(
mark	target
	nop
mark	after
	nop
)");

static u32 hits;

/* The third time, the rule of trap() sets RF. */
static bool leave_rf_clear(struct trap_frame *frame)
{
	(void)frame;
	return ++hits < 3;
}

CASE(ibreak_no_rf, PROTECTED_MODES)
{
	hits = 0;
	traps_set_hook(leave_rf_clear);
	breakpoint_set(0, MARK(ibreak_no_rf, "target"), BREAK_EXECUTE, 1);
	RUN(ibreak_no_rf);
}
