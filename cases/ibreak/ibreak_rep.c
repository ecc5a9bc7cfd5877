/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint on a repeated string instruction is met once, before the first iteration: RF stays
 * set until the last one.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY(ibreak_rep, R"(
	mov	$3, %cl
	mov	$scratch, xDI
mark	stos
	rep stosb
mark	after
	nop
)");

static bool note_cx(struct trap_frame *frame)
{
	note("cx=%x", frame->cx);
	return false;
}

CASE(ibreak_rep, PROTECTED_MODES)
{
	struct registers left;

	traps_set_hook(note_cx);
	breakpoint_set(0, MARK(ibreak_rep, "stos"), BREAK_EXECUTE, 1);
	left = RUN(ibreak_rep);
	note("end_cx=%x", left.cx);
}
