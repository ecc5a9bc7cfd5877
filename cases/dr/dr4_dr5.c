/* SPDX-License-Identifier: BSD-2-Clause */
/* DR4 and DR5 are DR6 and DR7 by other names as long as CR4.DE is clear, and #UD when it is set.
 *
 * SDM Vol. 3, "Debug Registers DR4 and DR5". */
#include "case.h"

BODY(aliases, R"(
	mov	%db4, xAX
	mov	%db5, xBX
	mov	$0xffff4ff2, %ecx
	mov	xCX, %db4
	mov	$0x00000700, %edx
	mov	xDX, %db5
	mov	%dr6, xCX
	mov	%dr7, xDX
	mov	%db4, xSI
	mov	%db5, xDI
)");

BODY(reserved, R"(
mark	from_dr4
	mov	%db4, xAX
mark	from_dr5
	mov	%db5, xAX
mark	to_dr4
	mov	xAX, %db4
mark	to_dr5
	mov	xAX, %db5
mark	after
	nop
)");

CASE(dr4_dr5, KERNEL32 | KERNEL64)
{
	struct registers left;

	write_cr4(read_cr4() & ~CR4_DE);
	left = RUN(aliases);
	note("dr4=%x dr5=%x", left.ax, left.bx);
	note("set dr4=%x dr5=%x dr6=%x dr7=%x", left.si, left.di, left.cx, left.dx);
	write_cr4(read_cr4() | CR4_DE);
	RUN(reserved);
}
