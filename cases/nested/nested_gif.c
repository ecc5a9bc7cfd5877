/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakpoints while the global interrupt flag is clear, between CLGI and STGI: they are ignored,
 * and discarded, so that nothing comes of them when it is set again. Nothing changes in them.
 *
 * APM Vol. 2, "Global Interrupt Flag, STGI and CLGI Instructions" (the table of what GIF does to
 * which interrupts and exceptions). */
#include "case.h"
#include "nested/svm.h"

BODY(nested_gif, R"(
	mov	$2, xCX
	clgi
mark	turn
1:
	lea	1(xBX), xBX
mark	write
	movl	$1, scratch
mark	written
	nop
mark	stgi
	stgi
mark	again
	loop	1b
mark	after
	nop
)");

CASE(nested_gif, KERNEL32 | KERNEL64)
{
	struct registers left;

	if (!SVM_PREPARE(nested_gif))
		return;
	breakpoint_set(0, MARK(nested_gif, "turn"), BREAK_EXECUTE, 1);
	breakpoint_set(1, SCRATCH, BREAK_WRITE, 4);
	left = RUN(nested_gif);
	note("turns=%u", (u32)left.bx);
}
