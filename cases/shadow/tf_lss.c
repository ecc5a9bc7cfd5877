/* SPDX-License-Identifier: BSD-2-Clause */
/* LSS with TF set: it loads SS and the stack pointer together, so it holds nothing back: its #DB
 * comes at once.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Masking Exceptions and Interrupts When Switching
 * Stacks". */
#include "case.h"

BODY_16(tf_lss, R"(
	mov	%ss, %eax
	lea	-8(xSP), xSP
	.if width == 16
	mov	%sp, (xSP)
	mov	%ax, 2(xSP)
	.else
	mov	%esp, (xSP)
	mov	%ax, 4(xSP)
	.endif
	step
mark	lss
	.if width == 16
	lss	(xSP), %sp
	.else
	lss	(xSP), %esp
	.endif
mark	behind
	nop
mark	after
	nop
)");

CASE(tf_lss, PROTECTED_MODES | SEGMENT_MODES)
{
	RUN(tf_lss);
}
