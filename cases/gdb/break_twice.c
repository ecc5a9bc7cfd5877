/* SPDX-License-Identifier: BSD-2-Clause */
/* An instruction that a loop comes to again and again, for debuggers with several breakpoints on
 * it.
 *
 * SDM Vol. 3, "Debug Exceptions". */
#include "case.h"

BODY(break_twice, R"(
	mov	$5, xCX
mark	turn
1:
	lea	1(xBX), xBX
mark	rest
	loop	1b
mark	after
	nop
)");

CASE(break_twice, PROTECTED_MODES)
{
	struct registers left = RUN(break_twice);

	note("turns=%u", (u32)left.bx);
}
