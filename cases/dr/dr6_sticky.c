/* SPDX-License-Identifier: BSD-2-Clause */
/* DR6's BD, BS and BT are never cleared by the processor: a handler that leaves them set finds them
 * set at the next #DB, which was none of those.
 *
 * SDM Vol. 3, "Debug Status Register (DR6)". */
#include "case.h"
#include "sticky.h"

BODY_16(dr6_sticky, R"(
	mov	%al, scratch
mark	first
	mov	%al, scratch
mark	second
	mov	%al, scratch
mark	third
	mov	%al, scratch
mark	fourth
	nop
)");

CASE(dr6_sticky, PROTECTED_MODES | SEGMENT_MODES)
{
	leave_sticky_bits();
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 1);
	RUN(dr6_sticky);
}
