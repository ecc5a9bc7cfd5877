/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV to DR7 takes effect at once: an instruction breakpoint on the very next instruction is met,
 * and one that was disarmed there is not.
 *
 * SDM Vol. 3, "Serializing Instructions" (MOV to debug register). */
#include "case.h"

BODY(dr7_next, R"(
	mov	$0x401, xAX
	mov	$0x400, xBX
	mov	xAX, %dr7
mark	first
	nop
mark	disarm
	mov	xBX, %dr7
mark	again
	jmp	1f
1:
mark	after
	nop
)");

static word again;

/* The second breakpoint is armed only when it is next in turn. */
static bool arm_again(struct trap_frame *frame)
{
	(void)frame;
	write_dr0(again);
	write_dr7(DR7_INIT | DR7_L(0));
	return false;
}

CASE(dr7_next, KERNEL32 | KERNEL64)
{
	again = MARK(dr7_next, "again");
	traps_set_hook(arm_again);
	write_dr0(MARK(dr7_next, "first"));
	RUN(dr7_next);
	note("dr7=%x", read_dr7());
}
