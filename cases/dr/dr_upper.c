/* SPDX-License-Identifier: BSD-2-Clause */
/* In 64-bit code, a 1 in the upper half of what is written to DR6 or DR7 is #GP(0), and the
 * register keeps its value.
 *
 * SDM Vol. 3, "Debug Registers and Intel 64 Processors". */
#include "case.h"

BODY(dr_upper, R"(
	.if width == 64
	mov	$0x100000700, %rax
	mov	$0x8000000000000700, %rbx
mark	dr7_bit_32
	mov	%rax, %dr7
mark	dr7_bit_63
	mov	%rbx, %dr7
mark	dr6_bit_32
	mov	%rax, %dr6
mark	dr6_bit_63
	mov	%rbx, %dr6
mark	after
	mov	%dr6, %rcx
	mov	%dr7, %rdx
	.endif
)");

CASE(dr_upper, KERNEL64)
{
	struct registers left = RUN(dr_upper);

	note("dr6=%x dr7=%x", left.cx, left.dx);
}
