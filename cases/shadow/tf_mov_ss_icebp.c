/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV to SS with TF set, then INT1: neither has a single-step trap, so there is the #DB of INT1
 * alone, with TF in its image and DR6.BS clear.
 *
 * SDM Vol. 3, "Single-Step Exception Condition",
 * "Masking Exceptions and Interrupts When Switching Stacks". */
#include "case.h"

BODY_16(tf_mov_ss_icebp, R"(
	step
mark	mov_from_ss
	mov	%ss, %eax
mark	mov_ss
	mov	%eax, %ss
mark	icebp
	.byte	0xf1		# INT1
mark	after
	nop
)");

CASE(tf_mov_ss_icebp, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_mov_ss_icebp);
}
