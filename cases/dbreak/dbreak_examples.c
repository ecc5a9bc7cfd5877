/* SPDX-License-Identifier: BSD-2-Clause */
/* The SDM's table of breakpoint examples, each of its accesses as an instruction. Its second
 * breakpoint is apart from the first here, so that no access meets two; dbreak_all asks about that.
 *
 * SDM Vol. 3, "Breakpoint Field Recognition" (Table "Breakpoint Examples"). */
#include "case.h"

/* In the order of the table, first those that trap, then those that do not; a to d stand for the
 * addresses A0000H, A0000H (second breakpoint), B0000H and C0000H. */
BODY_16(dbreak_examples, R"(
.set a, scratch
.set b, scratch + 0x10
.set c, scratch + 0x20
.set d, scratch + 0x30
	mov	%al, a + 1
mark	a1_write_1
	mov	a + 1, %al
mark	a1_read_1
	mov	%ax, a + 1
mark	a1_write_2
	mov	a + 1, %ax
mark	a1_read_2
	mov	%ax, b + 1
mark	b1_write_2
	mov	%al, b + 2
mark	b2_write_1
	mov	%ax, b + 2
mark	b2_write_2
	mov	%eax, c + 1
mark	c1_write_4
	mov	c + 1, %eax
mark	c1_read_4
	mov	%al, c + 2
mark	c2_write_1
	mov	c + 2, %al
mark	c2_read_1
	mov	%ax, c + 2
mark	c2_write_2
	mov	c + 2, %ax
mark	c2_read_2
	mov	%eax, d
mark	d0_write_4
	mov	%ax, d + 1
mark	d1_write_2
	mov	%al, d + 3
mark	d3_write_1
	mov	%al, a
mark	a0_write_1
	mov	a, %al
mark	a0_read_1
	mov	b + 2, %al
mark	b2_read_1
	mov	%eax, a + 3
mark	a3_write_4
	mov	a + 3, %eax
mark	a3_read_4
	mov	%eax, b + 3
mark	b3_write_4
	mov	%ax, c
mark	c0_write_2
	mov	c, %ax
mark	c0_read_2
	mov	d, %ax
mark	d0_read_2
	mov	%eax, d + 4
mark	d4_write_4
	mov	d + 4, %eax
mark	d4_read_4
	nop
)");

CASE(dbreak_examples, PROTECTED_MODES | SEGMENT_MODES)
{
	breakpoint_set(0, SCRATCH + 1, BREAK_ACCESS, 1);
	breakpoint_set(1, SCRATCH + 0x12, BREAK_WRITE, 1);
	breakpoint_set(2, SCRATCH + 0x22, BREAK_ACCESS, 2);
	breakpoint_set(3, SCRATCH + 0x30, BREAK_WRITE, 4);
	RUN(dbreak_examples);
}
