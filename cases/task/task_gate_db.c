/* SPDX-License-Identifier: BSD-2-Clause */
/* #DB through a task gate, by INT1, by a data breakpoint and by TF: its handler finds DR6 as
 * through other gates, the local enables of DR7 cleared by the task switch, and TF in the TSS of
 * the task that was interrupted, not in its own flags. #DB's gate may have DPL 0.
 *
 * SDM Vol. 3, "Interrupt Tasks", "Debug Control Register (DR7)" and "Single-Step Exception
 * Condition". */
#include "case.h"
#include "task.h"

BODY_16(task_gate_db, R"(
	.byte	0xf1
mark	write
	mov	%al, scratch
mark	written
	nop
)");

BODY_16(task_gate_tf, R"(
	step
mark	nop
	nop
mark	nops
	nop
)");

CASE(task_gate_db, KERNEL32 | USER32 | VM86)
{
	task_handle(VECTOR_DB, 0);
	breakpoint_set_address(0, SCRATCH);
	breakpoint_set_address(1, SCRATCH + 1);
	write_dr7(DR7_INIT | DR7_G(0) | DR7_L(1) | breakpoint_fields(0, BREAK_WRITE, 1) |
		  breakpoint_fields(1, BREAK_WRITE, 1));
	RUN(task_gate_db);
	breakpoints_clear();
	RUN(task_gate_tf);
}
