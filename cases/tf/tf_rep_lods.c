/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over REP LODS: one #DB for each iteration, with RIP at the instruction until the last one, and
 * CX as far as it has got.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Instruction-Breakpoint Exception Condition". */
#include "case.h"

/* How far the instruction has got. */
static bool note_count(struct trap_frame *frame)
{
	note("count=%u", (u32)(frame->cx & 0xffff));
	return false;
}

BODY_16(tf_rep_lods, R"(
	lea	-64(xSP), xSP
	lea	(xSP), xSI
	mov	$3, xCX
	step
mark	rep_lods
	rep lodsb
mark	after
	nop
)");

CASE(tf_rep_lods, PROTECTED_MODES | SEGMENT_MODES)
{
	traps_set_hook(note_count);
	RUN(tf_rep_lods);
}
