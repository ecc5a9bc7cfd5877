/* SPDX-License-Identifier: BSD-2-Clause */
/* The stack is memory like any other: a watched slot of it is reported after PUSH, POP, CALL, RET,
 * PUSHF and POPF. Not asked in ring 0, whose traps are taken on the same stack.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions". */
#include "case.h"

BODY_16(dbreak_stack, R"(
	push	xAX
mark	pushed
	pop	xAX
mark	popped
	pushf
mark	pushf
	popf
mark	popf
	call	1f
mark	returned
	jmp	2f
1:
mark	called
	ret
2:
mark	after
	nop
)");

CASE(dbreak_stack, USER32 | USER64 | COMPAT32 | VM86)
{
	breakpoint_set(0, body_stack_top(fence_mode()) - 1, BREAK_ACCESS, 1);
	RUN(dbreak_stack);
}
