/* SPDX-License-Identifier: BSD-2-Clause */
/* BD, BS and BT of DR6, which were set before, stay set at the #DB of an I/O breakpoint, which is
 * none of those.
 *
 * SDM Vol. 3, "Debug Status Register (DR6)". */
#include "case.h"
#include "sticky.h"

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

CASE(iobreak_sticky, KERNEL32 | KERNEL64)
{
	leave_sticky_bits();
	write_cr4(read_cr4() | CR4_DE);
	breakpoint_set(0, 0xe1, BREAK_IO, 1);
	RUN(iobreak_sticky);
}
