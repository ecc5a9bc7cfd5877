/* SPDX-License-Identifier: BSD-2-Clause */
/* A data breakpoint in a repeated string instruction is reported after the iteration that met it:
 * RIP is the instruction's own and RF is set, unless it was the last iteration. The strings run
 * downwards or are only read, for a processor may handle upward MOVS and STOS in groups.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition" (the values of RF); Vol. 1, "Fast-String
 * Operation"; Vol. 2, "REP/REPE/REPZ/REPNE/REPNZ". */
#include "case.h"

BODY_16(dbreak_rep, R"(
	mov	$4, %cl
	mov	$scratch, xSI
mark	lods
	rep lodsb
mark	stos_starts
	mov	$4, %cl
	mov	$(scratch + 3), xDI
	std
mark	stos
	rep stosb
mark	stos_ends
	cld
mark	after
	nop
)");

static bool note_cx(struct trap_frame *frame)
{
	note("cx=%x", frame->cx);
	return false;
}

CASE(dbreak_rep, PROTECTED_MODES | SEGMENT_MODES)
{
	traps_set_hook(note_cx);
	note("iteration=middle");
	breakpoint_set(0, SCRATCH + 1, BREAK_ACCESS, 1);
	RUN(dbreak_rep);
	note("iteration=last");
	breakpoints_clear();
	breakpoint_set(0, SCRATCH + 3, BREAK_ACCESS, 1);
	breakpoint_set(1, SCRATCH, BREAK_WRITE, 1);
	RUN(dbreak_rep);
}
