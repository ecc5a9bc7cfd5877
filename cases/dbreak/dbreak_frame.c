/* SPDX-License-Identifier: BSD-2-Clause */
/* The frame that INT3 pushes goes over a watched slot of the stack: the delivery is one, and the
 * #DB is taken at the first instruction of INT3's handler. The slot is so deep that nothing else
 * writes it before the body has disarmed the breakpoint.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions"; "Priority Among Concurrent
 * Events". */
#include "case.h"

#define DEPTH 1024 /* as in the body */

BODY(dbreak_frame, R"(
	lea	-1024(xSP), xSP
mark	int3
	int3
mark	after
	mov	$0x400, %eax
	mov	xAX, %dr7
	lea	1024(xSP), xSP
)");

CASE(dbreak_frame, KERNEL32 | KERNEL64)
{
	/* CS in a 32-bit frame, SS in a 64-bit one. */
	breakpoint_set(0, body_stack_top(fence_mode()) - DEPTH - 8, BREAK_WRITE, 4);
	RUN(dbreak_frame);
}
