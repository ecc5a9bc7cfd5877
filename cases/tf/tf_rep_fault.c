/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over a REP LODS whose third iteration is a page fault: a #DB for each of the two that are
 * complete, then #PF with RIP at the instruction, TF and RF in its image, CX as far as it has got,
 * and no #DB for the iteration that is not.
 *
 * SDM Vol. 3, "Single-Step Exception Condition",
 * "Instruction-Breakpoint Exception Condition", "Exception Classifications". */
#include "case.h"

/* How far the instruction has got. */
static bool note_count(struct trap_frame *frame)
{
	note("count=%u", (u32)(frame->cx & 0xffff));
	return false;
}

BODY(tf_rep_fault, R"(
	mov	$(UNMAPPED - 2), %esi
	mov	$4, %ecx
	step
mark	rep_lods
	rep lodsb
mark	after
	nop
)");

CASE(tf_rep_fault, PROTECTED_MODES)
{
	traps_set_hook(note_count);
	RUN(tf_rep_fault);
}
