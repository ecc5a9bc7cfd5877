/* SPDX-License-Identifier: BSD-2-Clause */
/* #PF: A fault with TF set: its image has TF, and the instruction, which did not complete, has no
 * #DB of its own; the next one is after the instruction at which execution goes on.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; "Exception Classifications". */
#include "case.h"

BODY(tf_fault_pf, R"(
	step
mark	load
	mov	$UNMAPPED, %eax
mark	read
	mov	(xAX), %bl
mark	after
	nop
)");

CASE(tf_fault_pf, PROTECTED_MODES)
{
	RUN(tf_fault_pf);
}
