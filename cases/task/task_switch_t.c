/* SPDX-License-Identifier: BSD-2-Clause */
/* A switch to a task with the T flag in its TSS: a trap before the task's first instruction, DR6.BT
 * set. Here the body jumps to another task, which jumps back to it.
 *
 * SDM Vol. 3, "Task-Switch Exception Condition". */
#include "case.h"
#include "task.h"

BODY(task_switch_t, R"(
	.if width == 32
	ljmp	*scratch
mark	back
	nop
	jmp	1f
mark	task
	ljmp	*scratch + 8
1:
	.endif
)");

CASE(task_switch_t, KERNEL32)
{
	task_prepare(MARK(task_switch_t, "task"), 0, true, physical(SCRATCH),
		     physical(SCRATCH + 8));
	RUN(task_switch_t);
}
