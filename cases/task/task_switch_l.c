/* SPDX-License-Identifier: BSD-2-Clause */
/* A task switch clears the local enables in DR7, not the global ones: of two watched bytes that are
 * written in turn by a task that was switched to, one is reported.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)" (L0 through L3, G0 through G3). */
#include "case.h"
#include "task.h"

BODY(task_switch_l, R"(
	.if width == 32
	mov	%al, scratch + 16
mark	local_before
	ljmp	*scratch
mark	back
	mov	%al, scratch + 17
mark	global_written
	mov	%al, scratch + 16
mark	local_written
	jmp	1f
mark	task
	ljmp	*scratch + 8
1:
	.endif
)");

CASE(task_switch_l, KERNEL32)
{
	task_prepare(MARK(task_switch_l, "task"), 0, false, physical(SCRATCH),
		     physical(SCRATCH + 8));
	breakpoint_set_address(1, SCRATCH + 17);
	write_dr7(DR7_INIT | DR7_G(1) | breakpoint_fields(1, BREAK_WRITE, 1));
	breakpoint_set(0, SCRATCH + 16, BREAK_WRITE, 1);
	RUN(task_switch_l);
	note("dr7=%x", read_dr7());
}
