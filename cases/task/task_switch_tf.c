/* SPDX-License-Identifier: BSD-2-Clause */
/* A switch to a task in whose TSS TF is set: the switch makes no trap pending, and the task's first
 * instruction does.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Task Switching". */
#include "case.h"
#include "task.h"

BODY(task_switch_tf, R"(
	.if width == 32
mark	switch
	ljmp	*scratch
mark	back
	nop
	jmp	1f
mark	task
	nop
mark	stepped
	nop
	ljmp	*scratch + 8
1:
	.endif
)");

static bool stop_stepping(struct trap_frame *frame)
{
	frame->flags &= ~FLAGS_TF;
	return true;
}

CASE(task_switch_tf, KERNEL32)
{
	task_prepare(MARK(task_switch_tf, "task"), FLAGS_TF, false, physical(SCRATCH),
		     physical(SCRATCH + 8));
	traps_set_hook(stop_stepping);
	RUN(task_switch_tf);
}
