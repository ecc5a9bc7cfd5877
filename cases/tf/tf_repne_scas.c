/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over REPNE SCAS: one #DB for each iteration; the one that finds AL is the last, CX or not, so
 * that its #DB is after the instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Instruction-Breakpoint Exception Condition". */
#include "case.h"

/* How far the instruction has got. */
static bool note_count(struct trap_frame *frame)
{
	note("count=%u", (u32)(frame->cx & 0xffff));
	return false;
}

BODY_16(tf_repne_scas, R"(
	lea	-64(xSP), xSP
	movl	$0x00030201, (xSP)
	lea	(xSP), xDI
	mov	$9, xCX
	mov	$3, %al
	step
mark	repne_scas
	repne scasb
mark	after
	nop
)");

CASE(tf_repne_scas, PROTECTED_MODES | SEGMENT_MODES)
{
	traps_set_hook(note_count);
	RUN(tf_repne_scas);
}
