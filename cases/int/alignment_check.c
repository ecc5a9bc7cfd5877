/* SPDX-License-Identifier: BSD-2-Clause */
/* An unaligned access in ring 3 with CR0.AM and RFLAGS.AC set: #AC, a fault, so RF is set in its
 * image, error code 0.
 *
 * SDM Vol. 3, "Interrupt 17--Alignment Check Exception (#AC)", "Instruction-Breakpoint Exception
 * Condition". */
#include "case.h"

#define CR0_AM (1ul << 18)

BODY(alignment_check, R"(
	pushf
	movb	$4, 2(xSP)	# AC
	popf
	push	xAX
mark	aligned
	mov	(xSP), %ebx
mark	unaligned
	mov	1(xSP), %ebx
mark	after
	nop
)");

CASE(alignment_check, USER32 | USER64 | COMPAT32)
{
	write_cr0(read_cr0() | CR0_AM);
	RUN(alignment_check);
}
