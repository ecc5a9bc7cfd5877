/* SPDX-License-Identifier: BSD-2-Clause */
/* TF: a #DB after each instruction that starts with TF set, DR6.BS set.
 *
 * SDM Vol. 3, "Single-Step Exception Condition". */
#include "case.h"

BODY_16(tf_step, R"(
	pushf
	set_tf_in_image
	popf
mark	first
	nop
mark	second
	nop
mark	pushf
	pushf
mark	clear
	clear_tf_in_image
mark	popf
	popf
mark	stepped
	nop
)");

CASE(tf_step, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_step);
}
