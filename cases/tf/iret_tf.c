/* SPDX-License-Identifier: BSD-2-Clause */
/* IRET with TF: one that sets TF delays the first trap by one instruction, as POPF does; one that
 * clears it is itself still trapped.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "IRET/IRETD/IRETQ". */
#include "case.h"

BODY_16(iret_sets, R"(
	push_iret_frame set_tf_in_image
mark	iret
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

BODY_16(iret_clears, R"(
	push_iret_frame
	pushf
	set_tf_in_image
mark	popf
	popf
mark	iret
	iret_native
1:
mark	target
	nop
)");

CASE(iret_tf, PROTECTED_MODES | SEGMENT_MODES)
{
	note("iret=sets_tf");
	RUN(iret_sets);
	note("iret=clears_tf");
	RUN(iret_clears);
}
