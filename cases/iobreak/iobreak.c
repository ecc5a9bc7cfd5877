/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O breakpoints, with CR4.DE: a trap after the IN or OUT that touched one of the ports, of one,
 * two or four bytes; memory at the same address is something else.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)" (R/W: 10), "Breakpoint Field Recognition" and "Data
 * Memory and I/O Breakpoint Exception Conditions". */
#include "case.h"

/* Ports e0h to efh belong to nothing in a PC. */
BODY(iobreak, R"(
	outb	%al, $0xe1
mark	e1_out_1
	inb	$0xe1, %al
mark	e1_in_1
	outw	%ax, $0xe0
mark	e0_out_2
	inl	$0xe0, %eax
mark	e0_in_4
	outb	%al, $0xe0
mark	e0_out_1
	inw	$0xe2, %ax
mark	e2_in_2
	outb	%al, $0xe6
mark	e6_out_1
	inb	$0xe7, %al
mark	e7_in_1
	outl	%eax, $0xe4
mark	e4_out_4
	outw	%ax, $0xe4
mark	e4_out_2
	inb	$0xeb, %al
mark	eb_in_1
	outl	%eax, $0xe8
mark	e8_out_4
	inw	$0xec, %ax
mark	ec_in_2
	mov	$0xe1, %dl
	outb	%al, %dx
mark	dx_out_1
	mov	0xe1, %al
mark	memory
	nop
)");

CASE(iobreak, KERNEL32 | KERNEL64)
{
	write_cr4(read_cr4() | CR4_DE);
	breakpoint_set(0, 0xe1, BREAK_IO, 1);
	breakpoint_set(1, 0xe6, BREAK_IO, 2);
	breakpoint_set(2, 0xe8, BREAK_IO, 4);
	RUN(iobreak);
}
