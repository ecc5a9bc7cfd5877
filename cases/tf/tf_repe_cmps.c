/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over REPE CMPS: one #DB for each iteration; the one that finds a difference is the last, CX or
 * not, so that its #DB is after the instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Instruction-Breakpoint Exception Condition". */
#include "case.h"

/* How far the instruction has got. */
static bool note_count(struct trap_frame *frame)
{
	note("count=%u", (u32)(frame->cx & 0xffff));
	return false;
}

BODY_16(tf_repe_cmps, R"(
	lea	-64(xSP), xSP
	movl	$0x00010101, (xSP)
	movl	$0x00020101, 32(xSP)
	lea	(xSP), xSI
	lea	32(xSP), xDI
	mov	$9, xCX
	step
mark	repe_cmps
	repe cmpsb
mark	after
	nop
)");

CASE(tf_repe_cmps, PROTECTED_MODES | SEGMENT_MODES)
{
	traps_set_hook(note_count);
	RUN(tf_repe_cmps);
}
