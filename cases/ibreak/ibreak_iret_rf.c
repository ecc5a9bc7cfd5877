/* SPDX-License-Identifier: BSD-2-Clause */
/* IRET loads RF, from ring 3 too: an IRET with RF set in its image to an instruction with a
 * breakpoint executes that instruction, and the one after it meets its own breakpoint.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition"; Vol. 2, "IRET/IRETD/IRETQ". */
#include "case.h"

BODY(ibreak_iret_rf, R"(
	push_iret_frame set_rf_in_image
	iret_native
1:
mark	target
	nop
mark	second
	nop
mark	after
	nop
)");

CASE(ibreak_iret_rf, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(ibreak_iret_rf, "target"), BREAK_EXECUTE, 1);
	breakpoint_set(1, MARK(ibreak_iret_rf, "second"), BREAK_EXECUTE, 1);
	RUN(ibreak_iret_rf);
}
