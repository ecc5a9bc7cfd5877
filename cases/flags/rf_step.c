/* SPDX-License-Identifier: BSD-2-Clause */
/* RF and TF set by IRET: RF is for one instruction, which does not meet its breakpoint, so the #DB
 * after that has RF clear in its image. By an IRET that sets TF alone, the breakpoint is met.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition" (the RF flag),
 * "Single-Step Exception Condition". */
#include "case.h"
#include "string.h"

BODY(rf_step, R"(
	push_iret_frame set_rf_tf_in_image
	iret_native
1:
mark	target
	nop
mark	next
	nop
mark	again
	push_iret_frame set_tf_in_image
	iret_native
1:
mark	plain
	nop
mark	after
	nop
)");

static bool stop_stepping(struct trap_frame *frame)
{
	if (!strcmp(body_place(frame).mark, "again"))
		frame->flags &= ~FLAGS_TF;
	return false;
}

CASE(rf_step, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(rf_step, "target"), BREAK_EXECUTE, 1);
	breakpoint_set(1, MARK(rf_step, "plain"), BREAK_EXECUTE, 1);
	traps_set_hook(stop_stepping);
	RUN(rf_step);
}
