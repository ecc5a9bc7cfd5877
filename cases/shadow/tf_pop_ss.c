/* SPDX-License-Identifier: BSD-2-Clause */
/* POP SS with TF set: its #DB is held back until the next instruction has been executed.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; "Masking Exceptions and Interrupts When Switching
 * Stacks". */
#include "case.h"

BODY_16(tf_pop_ss, R"(
	step
	.if width != 64
mark	push_ss
	push	%ss
mark	pop_ss
	pop	%ss
mark	shadow
	nop
mark	after
	nop
	.endif
)");

CASE(tf_pop_ss, KERNEL32 | USER32 | COMPAT32 | SEGMENT_MODES)
{
	RUN(tf_pop_ss);
}
