/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint on an instruction that faults: the breakpoint comes first, then, with RF, the #UD,
 * whose image has RF set.
 *
 * SDM Vol. 3, "Priority Among Concurrent Events" and "Instruction-Breakpoint Exception Condition".
 */
#include "case.h"

BODY(ibreak_ud, R"(
mark	ud2
	ud2
mark	after
	nop
)");

CASE(ibreak_ud, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(ibreak_ud, "ud2"), BREAK_EXECUTE, 1);
	RUN(ibreak_ud);
}
