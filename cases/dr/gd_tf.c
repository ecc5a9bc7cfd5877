/* SPDX-License-Identifier: BSD-2-Clause */
/* A MOV from a debug register, GD set, while single-stepping: the trap after the instruction
 * before, then the fault, which single-stepping has no part in; the MOV, once executed, is trapped.
 *
 * SDM Vol. 3, "General-Detect Exception Condition" and "Single-Step Exception Condition". */
#include "case.h"

BODY(gd_tf, R"(
	pushf
	set_tf_in_image
	popf
mark	first
	nop
mark	mov
	mov	%dr0, xAX
mark	pushf
	pushf
mark	clear
	clear_tf_in_image
mark	popf
	popf
)");

static u32 traps_at_mov;

/* GD is set for the MOV alone, once; then nothing more here may touch the debug registers. */
static bool set_for_mov(struct trap_frame *frame)
{
	if (frame->ip == MARK(gd_tf, "mov") && !traps_at_mov++)
		write_dr7(DR7_INIT | DR7_GD);
	return true;
}

CASE(gd_tf, KERNEL32 | KERNEL64)
{
	traps_at_mov = 0;
	traps_set_hook(set_for_mov);
	RUN(gd_tf);
}
