/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV to SS with TF set, then an instruction that faults: neither has a single-step trap, so there
 * is the fault alone, with TF in its image.
 *
 * SDM Vol. 3, "Single-Step Exception Condition",
 * "Masking Exceptions and Interrupts When Switching Stacks". */
#include "case.h"

BODY_16(tf_mov_ss_fault, R"(
	step
mark	mov_from_ss
	mov	%ss, %eax
mark	mov_ss
	mov	%eax, %ss
mark	ud2
	ud2
mark	after
	nop
)");

CASE(tf_mov_ss_fault, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_mov_ss_fault);
}
