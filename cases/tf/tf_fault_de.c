/* SPDX-License-Identifier: BSD-2-Clause */
/* #DE: A fault with TF set: its image has TF, and the instruction, which did not complete, has no
 * #DB of its own; the next one is after the instruction at which execution goes on.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; "Exception Classifications". */
#include "case.h"

BODY_16(tf_fault_de, R"(
	step
mark	div
	div	%cl
mark	after
	nop
)");

CASE(tf_fault_de, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_fault_de);
}
