/* SPDX-License-Identifier: BSD-2-Clause */
/* An I/O breakpoint while the enable bits of DR7 change: another breakpoint's, which are not its
 * business, then its own.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)" (L0 through L3). */
#include "case.h"

/* Port e1h belongs to nothing in a PC. */
BODY(iobreak_enable, R"(
	outb	%al, $0xe1
mark	alone
	mov	%dr7, xAX
	or	$4, %al		# L1
	mov	xAX, %dr7
	outb	%al, $0xe1
mark	beside
	and	$0xfb, %al
	mov	xAX, %dr7
	outb	%al, $0xe1
mark	alone_again
	and	$0xfe, %al	# L0
	mov	xAX, %dr7
	outb	%al, $0xe1
mark	disabled
	or	$5, %al
	mov	xAX, %dr7
	outb	%al, $0xe1
mark	both
	nop
)");

CASE(iobreak_enable, KERNEL32 | KERNEL64)
{
	write_cr4(read_cr4() | CR4_DE);
	breakpoint_set_address(1, SCRATCH);
	write_dr7(read_dr7() | breakpoint_fields(1, BREAK_WRITE, 4));
	breakpoint_set(0, 0xe1, BREAK_IO, 1);
	RUN(iobreak_enable);
}
