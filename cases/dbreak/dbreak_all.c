/* SPDX-License-Identifier: BSD-2-Clause */
/* All breakpoints that match an access are reported at once: on the same byte, on neighbours of
 * which one is watched for writes only, on both sides of a page's end.
 *
 * SDM Vol. 3, "Debug Status Register (DR6)" (B0 through B3). */
#include "case.h"

BODY_16(dbreak_all, R"(
	mov	%al, scratch
mark	same_written
	mov	scratch, %al
mark	same_read
	mov	%ax, scratch
mark	neighbours_written
	mov	scratch, %ax
mark	neighbours_read
	mov	%ax, scratch + 0xfff
mark	pages_written
	nop
)");

CASE(dbreak_all, PROTECTED_MODES | SEGMENT_MODES)
{
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 1);
	breakpoint_set(1, SCRATCH, BREAK_ACCESS, 1);
	breakpoint_set(2, SCRATCH + 1, BREAK_WRITE, 1);
	RUN(dbreak_all);
	breakpoints_clear();
	breakpoint_set(1, SCRATCH + 0xfff, BREAK_WRITE, 1);
	breakpoint_set(3, SCRATCH + 0x1000, BREAK_WRITE, 1);
	RUN(dbreak_all);
}
