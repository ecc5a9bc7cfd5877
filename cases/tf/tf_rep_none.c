/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over REP MOVS and REPE CMPS with CX = 0: no iteration, one #DB, after the instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Instruction-Breakpoint Exception Condition"; Vol.
 * 2, "REP/REPE/REPZ/REPNE/REPNZ". */
#include "case.h"

/* How far the instruction has got. */
static bool note_count(struct trap_frame *frame)
{
	note("count=%u", (u32)(frame->cx & 0xffff));
	return false;
}

BODY_16(tf_rep_none, R"(
	lea	-64(xSP), xSP
	lea	(xSP), xSI
	lea	(xSP), xDI
	step
mark	rep_movs
	rep movsb
mark	repe_cmps
	repe cmpsb
mark	after
	nop
)");

CASE(tf_rep_none, PROTECTED_MODES | SEGMENT_MODES)
{
	traps_set_hook(note_count);
	RUN(tf_rep_none);
}
