/* SPDX-License-Identifier: BSD-2-Clause */
/* An instruction breakpoint with TF set: the fault does not come from single-stepping, so DR6.BS is
 * clear; the instruction, once executed, is trapped, with BS and without RF. The IRET that sets TF
 * is not trapped itself, which would be another #DB at the same place.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition" and "Single-Step Exception Condition".
 */
#include "case.h"

BODY(ibreak_tf, R"(
	push_iret_frame set_tf_in_image
	iret_native
1:
mark	target
	nop
mark	second
	pushf
mark	clear
	clear_tf_in_image
mark	popf
	popf
)");

CASE(ibreak_tf, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(ibreak_tf, "target"), BREAK_EXECUTE, 1);
	RUN(ibreak_tf);
}
