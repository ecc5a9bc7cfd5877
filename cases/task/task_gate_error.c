/* SPDX-License-Identifier: BSD-2-Clause */
/* A fault with an error code through a task gate: the error code is on the stack of the task that
 * handles it, EIP in the TSS of the other one is the instruction's own. The instruction starts with
 * RF set: whether a fault sets it in the TSS too is no part of the question.
 *
 * SDM Vol. 3, "Interrupt Tasks" and "Error Code". */
#include "case.h"
#include "task.h"

#define VECTOR_NP 11

static bool set_rf(struct trap_frame *frame)
{
	if (frame_vector(frame) == VECTOR_BP)
		frame->flags |= FLAGS_RF;
	return false;
}

BODY_16(task_gate_error, R"(
	int3
mark	int_33
	int	$33
mark	after
	nop
)");

CASE(task_gate_error, KERNEL32 | USER32)
{
	idt_set_not_present(33, 3);
	task_handle(VECTOR_NP, 0);
	traps_set_hook(set_rf);
	RUN(task_gate_error);
}
