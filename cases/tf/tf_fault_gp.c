/* SPDX-License-Identifier: BSD-2-Clause */
/* #GP, an invalid selector: A fault with TF set: its image has TF, and the instruction, which did
 * not complete, has no #DB of its own; the next one is after the instruction at which execution
 * goes on.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; "Exception Classifications". */
#include "case.h"

BODY(tf_fault_gp, R"(
	step
mark	load
	mov	$0xfff0, %eax
mark	mov_ds
	mov	%eax, %ds
mark	after
	nop
)");

CASE(tf_fault_gp, PROTECTED_MODES)
{
	RUN(tf_fault_gp);
}
