/* SPDX-License-Identifier: BSD-2-Clause */
/* A single step after a data breakpoint was met: DR6 tells of the step alone, for the instruction
 * accesses nothing, and the handler of the breakpoint has cleared B0.
 *
 * SDM Vol. 3, "Debug Status Register (DR6)". */
#include "case.h"

BODY_16(dr6_after_hit, R"(
	mov	%al, scratch
mark	written
	step
	nop
mark	first
	nop
mark	second
	nop
)");

CASE(dr6_after_hit, PROTECTED_MODES | SEGMENT_MODES)
{
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 1);
	RUN(dr6_after_hit);
}
