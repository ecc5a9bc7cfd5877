/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over INS and OUTS, alone and with REP (port 80h): one #DB for each iteration, with RIP at the
 * instruction until the last one, and CX as far as it has got.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Instruction-Breakpoint Exception Condition". */
#include "case.h"

/* How far the instruction has got. */
static bool note_count(struct trap_frame *frame)
{
	note("count=%u", (u32)(frame->cx & 0xffff));
	return false;
}

BODY(tf_rep_ins_outs, R"(
	lea	-64(xSP), xSP
	lea	(xSP), xSI
	lea	(xSP), xDI
	mov	$0x80, %dx
	mov	$2, xCX
	step
mark	outs
	outsb
mark	ins
	insb
mark	rep_outs
	rep outsb
mark	load
	mov	$2, xCX
mark	rep_ins
	rep insb
mark	after
	nop
)");

CASE(tf_rep_ins_outs, KERNEL32 | KERNEL64)
{
	traps_set_hook(note_count);
	RUN(tf_rep_ins_outs);
}
