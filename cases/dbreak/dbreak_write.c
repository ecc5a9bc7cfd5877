/* SPDX-License-Identifier: BSD-2-Clause */
/* A data breakpoint on writes: a trap after the instruction that wrote, RF clear; a read is not
 * reported.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions". */
#include "case.h"

BODY_16(dbreak_write, R"(
	mov	$7, %bl
mark	read
	mov	scratch, %al
mark	write
	mov	%bl, scratch
mark	after
	nop
)");

CASE(dbreak_write, PROTECTED_MODES | SEGMENT_MODES)
{
	u8 *watched = physical(SCRATCH);

	*watched = 0;
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 1);
	RUN(dbreak_write);
	note("written=%u", (u32)*watched);
}
