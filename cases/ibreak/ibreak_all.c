/* SPDX-License-Identifier: BSD-2-Clause */
/* All breakpoints that match an instruction are reported at once, by one #DB.
 *
 * SDM Vol. 3, "Debug Status Register (DR6)" and "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY(ibreak_all, R"(
mark	target
	nop
mark	after
	nop
)");

CASE(ibreak_all, PROTECTED_MODES)
{
	for (u32 number = 0; number < 4; number++)
		breakpoint_set(number, MARK(ibreak_all, "target"), BREAK_EXECUTE, 1);
	RUN(ibreak_all);
}
