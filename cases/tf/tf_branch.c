/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over near branches: each, taken or not, ends in one #DB, at the place where it leads.
 *
 * SDM Vol. 3, "Single-Step Exception Condition". */
#include "case.h"

BODY_16(tf_branch, R"(
	step
mark	jmp
	jmp	1f
	nop
1:
mark	jc_not_taken
	jc	2f
mark	jnc_taken
	jnc	2f
	nop
2:
mark	jcxz_taken
	.if width == 64
	jrcxz	3f
	.elseif width == 32
	jecxz	3f
	.else
	jcxz	3f
	.endif
	nop
3:
mark	load
	mov	$2, xCX
mark	loop
6:
	loop	6b
mark	call
	call	4f
mark	returned
	jmp	5f
4:
mark	ret
	ret
5:
mark	last
	nop
)");

CASE(tf_branch, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_branch);
}
