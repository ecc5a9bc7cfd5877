/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over far branches: far JMP, far CALL and far RET each end in one #DB, at the place where they
 * lead.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "JMP", "CALL", "RET". */
#include "case.h"

BODY_16(tf_far_branch, R"(
	lea	-16(xSP), xSP
	mov	%cs, xAX
	.if width == 16
	movw	$(1f - body_base), (xSP)
	mov	%ax, 2(xSP)
	movw	$(2f - body_base), 8(xSP)
	mov	%ax, 10(xSP)
	.else
	movl	$(1f - body_base), (xSP)
	mov	%ax, 4(xSP)
	movl	$(2f - body_base), 8(xSP)
	mov	%ax, 12(xSP)
	.endif
	step
mark	jmp
	.if width == 16
	ljmpw	*(xSP)
	.else
	ljmpl	*(xSP)
	.endif
	nop
1:
mark	call
	.if width == 16
	lcallw	*8(xSP)
	.else
	lcalll	*8(xSP)
	.endif
mark	returned
	jmp	3f
2:
mark	ret
	.if width == 16
	lretw
	.else
	lretl
	.endif
3:
mark	last
	nop
)");

CASE(tf_far_branch, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_far_branch);
}
