/* SPDX-License-Identifier: BSD-2-Clause */
/* An I/O breakpoint met while single-stepping: one #DB, with both in DR6.
 *
 * SDM Vol. 3, "Single-Step Exception Condition" and "Debug Status Register (DR6)". */
#include "case.h"

BODY_16(iobreak_tf, R"(
	pushf
	set_tf_in_image
	popf
mark	out
	outb	%al, $0xe0
mark	pushf
	pushf
mark	clear
	clear_tf_in_image
mark	popf
	popf
)");

CASE(iobreak_tf, KERNEL32 | KERNEL64 | REAL16)
{
	write_cr4(read_cr4() | CR4_DE);
	breakpoint_set(0, 0xe0, BREAK_IO, 1);
	RUN(iobreak_tf);
}
