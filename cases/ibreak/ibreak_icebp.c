/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint on INT1: the fault before it, which DR6 tells of, then, with RF, the trap after it,
 * which DR6 says nothing of.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY(ibreak_icebp, R"(
mark	icebp
	.byte	0xf1		# INT1
mark	after
	nop
)");

CASE(ibreak_icebp, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(ibreak_icebp, "icebp"), BREAK_EXECUTE, 1);
	RUN(ibreak_icebp);
}
