/* SPDX-License-Identifier: BSD-2-Clause */
/* Data breakpoints under FRED: what was met is in the event data, together with a single step, and
 * without what DR6 has kept.
 *
 * SDM Vol. 3, "FRED Event Delivery", "Debug Status Register (DR6)". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_dbreak, R"(
	mov	%eax, scratch
mark	both
	mov	%al, scratch
mark	one
	nop
	step
mark	stepped
	mov	%al, scratch
mark	after
	nop
)");

CASE(fred_dbreak, FRED_MODES)
{
	if (!fred_turn_on())
		return;
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 1);
	breakpoint_set(3, SCRATCH + 2, BREAK_ACCESS, 2);
	write_dr6(DR6_INIT | DR6_BD);
	RUN(fred_dbreak);
}
#endif
