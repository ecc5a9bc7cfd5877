/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV to SS with TF set, then INT3: neither has a single-step trap, so there is the #BP alone, with
 * TF in its image.
 *
 * SDM Vol. 3, "Single-Step Exception Condition",
 * "Masking Exceptions and Interrupts When Switching Stacks". */
#include "case.h"

BODY_16(tf_mov_ss_int3, R"(
	step
mark	mov_from_ss
	mov	%ss, %eax
mark	mov_ss
	mov	%eax, %ss
mark	int3
	int3
mark	after_int3
	nop
)");

CASE(tf_mov_ss_int3, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_mov_ss_int3);
}
