/* SPDX-License-Identifier: BSD-2-Clause */
/* RF holds back instruction breakpoints only: an instruction that is executed under it still meets
 * a data breakpoint, and the image of that trap has RF clear.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition" and "Data Memory and I/O Breakpoint
 * Exception Conditions". */
#include "case.h"

BODY(dbreak_rf, R"(
mark	write
	mov	%al, scratch
mark	after
	nop
)");

CASE(dbreak_rf, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(dbreak_rf, "write"), BREAK_EXECUTE, 1);
	breakpoint_set(1, SCRATCH, BREAK_WRITE, 1);
	RUN(dbreak_rf);
}
