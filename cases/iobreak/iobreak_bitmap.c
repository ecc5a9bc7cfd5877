/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O breakpoints in ring 3 and virtual-8086 mode, where the I/O permission bit map of the TSS
 * allows the port; where it does not, #GP, and the breakpoint is not met. In virtual-8086 mode the
 * map counts although IOPL is 3.
 *
 * SDM Vol. 1, "I/O Permission Bit Map"; Vol. 3, "Data Memory and I/O Breakpoint Exception
 * Conditions" and "Virtual-8086 Mode I/O". */
#include "case.h"
#include "cpu/segments.h"

/* Ports e0h to efh belong to nothing in a PC. */
BODY_16(iobreak_bitmap, R"(
	outb	%al, $0xe0
mark	e0_out_1
	inb	$0xe3, %al
mark	e3_in_1
	inw	$0xe0, %ax
mark	e0_in_2
	outw	%ax, $0xe1
mark	e1_out_2
	outb	%al, $0xe2
mark	e2_out_1
	nop
)");

CASE(iobreak_bitmap, USER32 | USER64 | COMPAT32 | VM86)
{
	segments_allow_port(0xe0);
	segments_allow_port(0xe1);
	segments_allow_port(0xe3);
	write_cr4(read_cr4() | CR4_DE);
	breakpoint_set(0, 0xe0, BREAK_IO, 1);
	breakpoint_set(1, 0xe2, BREAK_IO, 2);
	RUN(iobreak_bitmap);
}
