/* SPDX-License-Identifier: BSD-2-Clause */
/* A loop, for debuggers whose breakpoint in it has a condition: at each turn for which that does
 * not hold the guest is stopped, and goes on, without its user's knowledge.
 *
 * SDM Vol. 3, "Debug Exceptions". */
#include "case.h"

BODY(break_condition, R"(
	mov	$20, xCX
mark	turn
1:
	lea	1(xBX), xBX
mark	rest
	loop	1b
mark	after
	nop
)");

CASE(break_condition, PROTECTED_MODES)
{
	struct registers left = RUN(break_condition);

	note("turns=%u", (u32)left.bx);
}
