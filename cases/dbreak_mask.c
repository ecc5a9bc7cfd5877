/* SPDX-License-Identifier: BSD-2-Clause */
/* LEN masks the address's low bits: a breakpoint of two or four bytes covers the aligned word or
 * doubleword in which its address lies.
 *
 * SDM Vol. 3, "Breakpoint Field Recognition". */
#include "case.h"

BODY_16(dbreak_mask, R"(
	mov	%al, scratch
mark	byte_0
	mov	%al, scratch + 1
mark	byte_1
	mov	%al, scratch + 2
mark	byte_2
	mov	%al, scratch + 3
mark	byte_3
	mov	%al, scratch + 4
mark	byte_4
	mov	%al, scratch + 5
mark	byte_5
	mov	%al, scratch + 6
mark	byte_6
	mov	%al, scratch + 7
mark	byte_7
	mov	%al, scratch + 8
mark	byte_8
	nop
)");

CASE(dbreak_mask, PROTECTED_MODES | VM86)
{
	note("size=2 address=1");
	breakpoint_set(0, SCRATCH + 1, BREAK_WRITE, 2);
	RUN(dbreak_mask);
	breakpoints_clear();
	note("size=4 address=7");
	breakpoint_set(0, SCRATCH + 7, BREAK_WRITE, 4);
	RUN(dbreak_mask);
}
