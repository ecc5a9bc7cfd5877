/* SPDX-License-Identifier: BSD-2-Clause */
/* DR0 changes while it is armed for execution: the instruction right after the MOV meets it, and
 * the one that did before does not any more.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition", "Serializing Instructions" (MOV to
 * debug register). */
#include "case.h"

BODY(ibreak_moved, R"(
	mov	$1f, xSI
	jmp	3f
1:
mark	back
	mov	$2f, xAX
	mov	xAX, %dr0
2:
mark	new
	nop
	mov	$4f, xSI
3:
mark	old
	nop
	jmp	*xSI
4:
mark	after
	nop
)");

CASE(ibreak_moved, KERNEL32 | KERNEL64)
{
	breakpoint_set(0, MARK(ibreak_moved, "old"), BREAK_EXECUTE, 1);
	RUN(ibreak_moved);
}
