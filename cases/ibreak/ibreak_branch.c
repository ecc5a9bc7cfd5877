/* SPDX-License-Identifier: BSD-2-Clause */
/* Instruction breakpoints follow what is executed: met at the targets of JMP, CALL and RET, not on
 * what a taken branch leaves out, and at the fall-through of one not taken.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY(ibreak_branch, R"(
	jmp	1f
mark	left_out
	nop
1:
	jc	2f		# CF is 0
mark	fall_through
	nop
2:
	call	3f
mark	returned
	jmp	4f
3:
mark	called
	ret
4:
	nop
)");

CASE(ibreak_branch, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(ibreak_branch, "left_out"), BREAK_EXECUTE, 1);
	breakpoint_set(1, MARK(ibreak_branch, "fall_through"), BREAK_EXECUTE, 1);
	breakpoint_set(2, MARK(ibreak_branch, "called"), BREAK_EXECUTE, 1);
	breakpoint_set(3, MARK(ibreak_branch, "returned"), BREAK_EXECUTE, 1);
	RUN(ibreak_branch);
}
