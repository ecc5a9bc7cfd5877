/* SPDX-License-Identifier: BSD-2-Clause */
/* DR7.GD: a MOV from or to any debug register is a #DB before it, DR6.BD set. The processor clears
 * GD on the way into the handler, which can use the registers.
 *
 * SDM Vol. 3, "General-Detect Exception Condition". */
#include "case.h"

BODY(gd, R"(
mark	from_dr0
	mov	%dr0, xAX
mark	from_dr1
	mov	%dr1, xAX
mark	from_dr2
	mov	%dr2, xAX
mark	from_dr3
	mov	%dr3, xAX
mark	from_dr4
	mov	%db4, xAX
mark	from_dr5
	mov	%db5, xAX
mark	from_dr6
	mov	%dr6, xAX
mark	from_dr7
	mov	%dr7, xAX
mark	to_dr0
	mov	xAX, %dr0
mark	to_dr1
	mov	xAX, %dr1
mark	to_dr2
	mov	xAX, %dr2
mark	to_dr3
	mov	xAX, %dr3
mark	to_dr4
	mov	xAX, %db4
mark	to_dr5
	mov	xAX, %db5
mark	to_dr6
	mov	xAX, %dr6
mark	to_dr7
	mov	xAX, %dr7
mark	after
	nop
)");

static bool skip_and_set_again(struct trap_frame *frame)
{
	if (frame->ip != MARK(gd, "to_dr7"))
		write_dr7(DR7_INIT | DR7_GD);
	return body_skip_to_next_mark(frame);
}

CASE(gd, KERNEL32 | KERNEL64)
{
	traps_set_hook(skip_and_set_again);
	write_dr7(DR7_INIT | DR7_GD);
	RUN(gd);
}
