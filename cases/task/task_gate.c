/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 and INT n through a task gate: a task switch. The handler is another task, with NT set and
 * a link; the TSS of the one that was interrupted has EIP after the instruction, and EFLAGS. An
 * IRET leads back.
 *
 * SDM Vol. 3, "Interrupt Tasks" and "Task Switching". */
#include "case.h"
#include "task.h"

/* What the handler runs with, of the flags that tell the two tasks apart. */
static bool note_flags(struct trap_frame *frame)
{
	word flags;

	asm volatile("pushf\n\t"
		     "pop %0"
		     : "=r"(flags)
		     :
		     : "memory");
	if (frame->vector & FRAME_TASK)
		note("task=%f", (flags & (FLAGS_TF | FLAGS_NT | FLAGS_VM)) | FLAGS_FIXED);
	return false;
}

BODY_16(task_gate, R"(
	int3
mark	set_of
	set_of
mark	int_3
	.byte	0xcd, 3
mark	between
	push	xAX
mark	int3_again
	int3
mark	step
	step
mark	int3_tf
	int3
mark	nop
	nop
)");

CASE(task_gate, KERNEL32 | USER32 | VM86)
{
	task_handle(VECTOR_BP, 3);
	traps_set_hook(note_flags);
	RUN(task_gate);
}
