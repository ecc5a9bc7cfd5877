/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n with TF set: the trap saves TF, and no #DB comes of INT n itself: it clears TF. The next
 * one is after the instruction that follows.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(tf_int_n, R"(
	step
mark	int_3
	.byte	0xcd, 3
mark	between
	nop
mark	int_1
	.byte	0xcd, 1
mark	after
	nop
)");

CASE(tf_int_n, PROTECTED_MODES | SEGMENT_MODES)
{
	idt_set(VECTOR_DB, INTERRUPT_GATE, 3);
	RUN(tf_int_n);
}
