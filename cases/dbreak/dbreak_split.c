/* SPDX-License-Identifier: BSD-2-Clause */
/* An access that spans two pages is reported whichever of its halves a breakpoint covers.
 *
 * SDM Vol. 3, "Breakpoint Field Recognition". */
#include "case.h"

BODY_16(dbreak_split, R"(
.set end_of_page, scratch + 0x1000
	mov	%eax, end_of_page - 2
mark	both
	mov	%ax, end_of_page - 2
mark	first_page
	mov	%ax, end_of_page
mark	second_page
	mov	%eax, end_of_page - 3
mark	both_again
	mov	end_of_page - 1, %ax
mark	read
	nop
)");

CASE(dbreak_split, PROTECTED_MODES | SEGMENT_MODES)
{
	note("page=second");
	breakpoint_set(0, SCRATCH + 0x1000, BREAK_ACCESS, 1);
	RUN(dbreak_split);
	note("page=first");
	breakpoints_clear();
	breakpoint_set(0, SCRATCH + 0xfff, BREAK_ACCESS, 1);
	RUN(dbreak_split);
}
