/* SPDX-License-Identifier: BSD-2-Clause */
/* STI with TF set, then INT1: STI has its #DB at once, with DR6.BS; INT1 has its own, without. No
 * maskable interrupt is due.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Interrupt 1--Debug Exception (#DB)". */
#include "case.h"

BODY_16(tf_sti_icebp, R"(
	step
mark	sti
	sti
mark	icebp
	.byte	0xf1		# INT1
mark	after
	nop
)");

CASE(tf_sti_icebp, KERNEL32 | KERNEL64 | REAL16)
{
	RUN(tf_sti_icebp);
}
