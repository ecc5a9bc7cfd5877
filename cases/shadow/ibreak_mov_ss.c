/* SPDX-License-Identifier: BSD-2-Clause */
/* An instruction breakpoint right after MOV SS or POP SS: inhibited on Intel's CPUs, met on AMD's.
 * One instruction further it is met on all.
 *
 * SDM Vol. 3, "Masking Exceptions and Interrupts When Switching Stacks". */
#include "case.h"

BODY(ibreak_mov_ss, R"(
	mov	%ss, %ax
mark	mov_ss
	mov	%ax, %ss
mark	first
	nop
mark	behind
	nop
	.if width != 64
	push	%ss
mark	pop_ss
	pop	%ss
mark	third
	nop
mark	fourth
	nop
	.endif
)");

CASE(ibreak_mov_ss, PROTECTED_MODES)
{
	word third = MARK(ibreak_mov_ss, "third"), fourth = MARK(ibreak_mov_ss, "fourth");

	breakpoint_set(0, MARK(ibreak_mov_ss, "first"), BREAK_EXECUTE, 1);
	breakpoint_set(1, MARK(ibreak_mov_ss, "behind"), BREAK_EXECUTE, 1);
	if (third) {
		breakpoint_set(2, third, BREAK_EXECUTE, 1);
		breakpoint_set(3, fourth, BREAK_EXECUTE, 1);
	}
	RUN(ibreak_mov_ss);
}
