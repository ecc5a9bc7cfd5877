/* SPDX-License-Identifier: BSD-2-Clause */
/* The handler of a breakpoint changes it while it is enabled, one thing at a time, and the next one
 * comes where the change has put it.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)", "Breakpoint Field Recognition". */
#include "case.h"

BODY_16(dbreak_changed, R"(
	mov	%al, scratch
mark	first
	mov	%al, scratch
mark	moved_away
	mov	%al, scratch + 4
mark	moved
	mov	%al, scratch + 7
mark	longer
	mov	scratch + 7, %al
mark	read
	mov	%al, scratch + 5
mark	global
	mov	%al, scratch + 6
mark	other
	mov	%al, scratch + 4
mark	disarmed
	nop
)");

static u32 change;

static bool make_change(struct trap_frame *frame)
{
	(void)frame;
	switch (change++) {
	case 0:
		write_dr0(SCRATCH + 4);
		break;
	case 1:
		write_dr7(DR7_INIT | DR7_L(0) | breakpoint_fields(0, BREAK_WRITE, 4));
		break;
	case 2:
		write_dr7(DR7_INIT | DR7_L(0) | breakpoint_fields(0, BREAK_ACCESS, 4));
		break;
	case 3:
		write_dr7(DR7_INIT | DR7_G(0) | breakpoint_fields(0, BREAK_ACCESS, 4));
		break;
	case 4:
		write_dr7(DR7_INIT | DR7_G(3) | breakpoint_fields(3, BREAK_ACCESS, 4));
		break;
	default:
		write_dr7(DR7_INIT | breakpoint_fields(3, BREAK_ACCESS, 4));
	}
	return false;
}

CASE(dbreak_changed, PROTECTED_MODES | SEGMENT_MODES)
{
	change = 0;
	traps_set_hook(make_change);
	breakpoint_set_address(3, SCRATCH + 4);
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 1);
	RUN(dbreak_changed);
}
