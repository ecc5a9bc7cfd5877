/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHF with RF set by IRET, and other flags beside it: the image that it stores has them, and RF
 * clear. PUSHF has a breakpoint, which it would meet without RF; what follows it has one too.
 *
 * SDM Vol. 2, "PUSHF/PUSHFD/PUSHFQ"; Vol. 3, "Instruction-Breakpoint Exception Condition". */
#include "case.h"

BODY(rf_pushf, R"(
	# CF, PF, AF, ZF, SF, DF, OF, RF, AC and ID
	push_iret_frame "movl $0x250cd7, (xSP) "
	iret_native
1:
mark	pushf
	pushf
	pop	xAX
mark	popped
	nop
	push	$0
	popf
)");

CASE(rf_pushf, PROTECTED_MODES)
{
	struct registers left;

	breakpoint_set(0, MARK(rf_pushf, "pushf"), BREAK_EXECUTE, 1);
	breakpoint_set(1, MARK(rf_pushf, "popped"), BREAK_EXECUTE, 1);
	left = RUN(rf_pushf);
	note("image=%f", left.ax);
}
