/* SPDX-License-Identifier: BSD-2-Clause */
/* RF and TF set by IRET: RF is for one instruction, so the #DB behind that has RF clear in its
 * image.
 *
 * SDM Vol. 3, "Instruction-Breakpoint Exception Condition" (the RF flag),
 * "Single-Step Exception Condition". */
#include "case.h"

BODY(rf_step, R"(
	push_iret_frame set_rf_tf_in_image
	iret_native
1:
mark	target
	nop
mark	next
	nop
)");

CASE(rf_step, PROTECTED_MODES)
{
	RUN(rf_step);
}
