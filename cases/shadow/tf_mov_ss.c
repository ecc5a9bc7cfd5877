/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV to SS with TF set: its #DB is held back until the next instruction has been executed.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; "Masking Exceptions and Interrupts When Switching
 * Stacks". */
#include "case.h"

BODY_16(tf_mov_ss, R"(
	step
mark	store
	mov	%ss, %eax
mark	mov_ss
	mov	%eax, %ss
mark	shadow
	nop
mark	after
	nop
)");

CASE(tf_mov_ss, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_mov_ss);
}
