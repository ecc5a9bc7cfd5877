/* SPDX-License-Identifier: BSD-2-Clause */
/* An instruction breakpoint under FRED: a fault, from which the return with RF set in the image
 * leads on; so it is met once each time that it is come to. DR6 keeps what was in it, the event
 * data is of this event alone.
 *
 * SDM Vol. 3, "FRED Event Delivery", "Instruction-Breakpoint Exception
 * Condition", "Debug Status Register (DR6)". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_ibreak, R"(
	mov	$2, %ecx
1:
mark	again
	nop
mark	loop
	loop	1b
mark	after
	nop
)");

CASE(fred_ibreak, FRED_MODES)
{
	if (!fred_turn_on())
		return;
	breakpoint_set(1, MARK(fred_ibreak, "again"), BREAK_EXECUTE, 1);
	write_dr6(DR6_INIT | DR6_BS);
	RUN(fred_ibreak);
}
#endif
