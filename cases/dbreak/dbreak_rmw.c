/* SPDX-License-Identifier: BSD-2-Clause */
/* An instruction that reads and writes the watched byte is reported once, with a LOCK
 * prefix too.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions". */
#include "case.h"

BODY_16(dbreak_rmw, R"(
	xchg	%al, scratch
mark	xchg
	notb	scratch
mark	not
	lock notb scratch
mark	lock_not
	nop
)");

CASE(dbreak_rmw, PROTECTED_MODES | SEGMENT_MODES)
{
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 1);
	RUN(dbreak_rmw);
}
