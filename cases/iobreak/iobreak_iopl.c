/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O breakpoints in ring 3 with IOPL 3, without an I/O permission bit map; with IOPL 0 the same
 * access is #GP, and the breakpoint is not met.
 *
 * SDM Vol. 1, "I/O Privilege Level"; Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions".
 */
#include "case.h"

static bool swap_iopl(struct trap_frame *frame)
{
	if (frame_vector(frame) == VECTOR_BP)
		frame->flags ^= FLAGS_IOPL;
	return false;
}

/* Ports e0h to efh belong to nothing in a PC. */
BODY(iobreak_iopl, R"(
	int3
mark	iopl_3
	outb	%al, $0xe0
mark	out
	inb	$0xe0, %al
mark	in
	int3
mark	iopl_0
	inb	$0xe0, %al
mark	after
	nop
)");

CASE(iobreak_iopl, USER32 | USER64 | COMPAT32)
{
	traps_set_hook(swap_iopl);
	write_cr4(read_cr4() | CR4_DE);
	breakpoint_set(0, 0xe0, BREAK_IO, 1);
	RUN(iobreak_iopl);
}
