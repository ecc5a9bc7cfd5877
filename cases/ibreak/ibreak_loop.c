/* SPDX-License-Identifier: BSD-2-Clause */
/* RF lasts for one instruction: it covers the breakpoint that it was set for, not the breakpoint on
 * the next instruction, nor the same one when a loop comes back to it.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY(ibreak_loop, R"(
	mov	$2, xCX
1:
mark	first
	nop
mark	second
	loop	1b
mark	after
	nop
)");

CASE(ibreak_loop, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(ibreak_loop, "first"), BREAK_EXECUTE, 1);
	breakpoint_set(3, MARK(ibreak_loop, "second"), BREAK_EXECUTE, 1);
	RUN(ibreak_loop);
}
