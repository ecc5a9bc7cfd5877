/* SPDX-License-Identifier: BSD-2-Clause */
/* BD, BS and BT of DR6, which were set before, stay set at the #DB of an I/O breakpoint, which is
 * none of those.
 *
 * SDM Vol. 3, "Debug Status Register (DR6)". */
#include "case.h"

/* Port e1h belongs to nothing in a PC. */
BODY(iobreak_sticky, R"(
	outb	%al, $0xe1
mark	first
	outb	%al, $0xe1
mark	second
	outb	%al, $0xe1
mark	third
	outb	%al, $0xe1
mark	fourth
	nop
)");

static const word left[] = {DR6_BS, DR6_BD, DR6_BT};
static u32 hits;

static bool leave_set(struct trap_frame *frame)
{
	(void)frame;
	if (hits < ARRAY_SIZE(left))
		write_dr6(DR6_INIT | left[hits++]);
	return false;
}

CASE(iobreak_sticky, KERNEL32 | KERNEL64)
{
	hits = 0;
	traps_set_hook(leave_set);
	write_cr4(read_cr4() | CR4_DE);
	breakpoint_set(0, 0xe1, BREAK_IO, 1);
	RUN(iobreak_sticky);
}
