/* SPDX-License-Identifier: BSD-2-Clause */
/* POPF and PUSHF with the other operand size (16 bits, in 16-bit code 32): TF is in the low
 * half, so they set, store and clear it as the others do, with the same delay of one instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "POPF/POPFD/POPFQ". */
#include "case.h"

BODY_16(popf_operand_size, R"(
	.if width == 16
	pushfl
	set_tf_in_image
mark	popf_set
	popfl
mark	pushf
	pushfl
mark	clear
	clear_tf_in_image
mark	popf_clear
	popfl
	.else
	pushfw
	set_tf_in_image
mark	popf_set
	popfw
mark	pushf
	pushfw
mark	clear
	clear_tf_in_image
mark	popf_clear
	popfw
	.endif
mark	after
	nop
)");

CASE(popf_operand_size, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(popf_operand_size);
}
