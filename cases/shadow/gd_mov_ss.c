/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV SS, then a MOV from a debug register with GD set, while single-stepping: the trap of MOV SS
 * is suppressed, the fault is not, and tells of nothing else. The MOV, once executed, is trapped.
 *
 * SDM Vol. 3, "Masking Exceptions and Interrupts When Switching Stacks"; "General-Detect Exception
 * Condition"; "Single-Step Exception Condition". */
#include "case.h"

BODY(gd_mov_ss, R"(
	mov	%ss, %ecx
	step
mark	mov_ss
	mov	%ecx, %ss
mark	mov
	mov	%dr0, xAX
mark	after
	nop
)");

/* GD is clear by then: the fault has cleared it. */
static bool execute(struct trap_frame *frame)
{
	return frame->ip == MARK(gd_mov_ss, "mov");
}

CASE(gd_mov_ss, KERNEL32 | KERNEL64)
{
	traps_set_hook(execute);
	write_dr7(DR7_INIT | DR7_GD);
	RUN(gd_mov_ss);
}
