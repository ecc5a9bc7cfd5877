/* SPDX-License-Identifier: BSD-2-Clause */
/* An instruction that meets a data breakpoint while it is single-stepped: one #DB, with both in
 * DR6.
 *
 * SDM Vol. 3, "Single-Step Exception Condition" and "Debug Status Register (DR6)". */
#include "case.h"

BODY_16(dbreak_tf, R"(
	pushf
	set_tf_in_image
	popf
mark	write
	mov	%al, scratch
mark	pushf
	pushf
mark	clear
	clear_tf_in_image
mark	popf
	popf
)");

CASE(dbreak_tf, PROTECTED_MODES | SEGMENT_MODES)
{
	breakpoint_set(0, SCRATCH, BREAK_WRITE, 1);
	RUN(dbreak_tf);
}
