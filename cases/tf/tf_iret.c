/* SPDX-License-Identifier: BSD-2-Clause */
/* An IRET that begins with TF set and loads TF again ends in #DB at the place where it leads.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "IRET/IRETD/IRETQ". */
#include "case.h"

BODY_16(tf_iret, R"(
	push_iret_frame set_tf_in_image
	step
mark	iret
	iret_native
	nop
1:
mark	target
	nop
)");

CASE(tf_iret, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_iret);
}
