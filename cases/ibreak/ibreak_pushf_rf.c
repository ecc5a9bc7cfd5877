/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHF stores RF as 0, even where it is executed with RF set: here it has a breakpoint, and the
 * handler goes on with RF.
 *
 * SDM Vol. 2, "PUSHF/PUSHFD/PUSHFQ". */
#include "case.h"

BODY(ibreak_pushf_rf, R"(
mark	pushf
	pushf
mark	after
	pop	xAX
)");

CASE(ibreak_pushf_rf, PROTECTED_MODES)
{
	struct registers left;

	breakpoint_set(0, MARK(ibreak_pushf_rf, "pushf"), BREAK_EXECUTE, 1);
	left = RUN(ibreak_pushf_rf);
	note("image=%f", left.ax);
}
