/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint on a repeated string instruction whose count is 0 is met, and RF, which it then uses
 * up, does not reach the next instruction's.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY(ibreak_rep_zero, R"(
	mov	$scratch, xDI
mark	stos
	rep stosb
mark	after
	nop
)");

CASE(ibreak_rep_zero, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(ibreak_rep_zero, "stos"), BREAK_EXECUTE, 1);
	breakpoint_set(1, MARK(ibreak_rep_zero, "after"), BREAK_EXECUTE, 1);
	RUN(ibreak_rep_zero);
}
