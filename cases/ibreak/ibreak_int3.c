/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint on INT3: the fault before it, then, with RF, the #BP, whose image has RF clear
 * again.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY_16(ibreak_int3, R"(
mark	int3
	int3
mark	after
	nop
)");

CASE(ibreak_int3, PROTECTED_MODES | SEGMENT_MODES)
{
	breakpoint_set(0, MARK(ibreak_int3, "int3"), BREAK_EXECUTE, 1);
	RUN(ibreak_int3);
}
