/* SPDX-License-Identifier: BSD-2-Clause */
/* GD with CR4.DE, in which DR4 is no register: the access is #UD, an invalid instruction, before it
 * is an access that GD could detect. The #UD leaves GD set, so that the next access is detected.
 *
 * SDM Vol. 3, "Debug Registers DR4 and DR5", "Debug Control Register (DR7)" (GD), "Priority Among
 * Concurrent Events". */
#include "case.h"

BODY(gd_dr4, R"(
mark	from_dr4
	mov	%db4, xAX
mark	to_dr4
	mov	xAX, %db4
mark	from_dr6
	mov	%dr6, xBX
mark	after
	jmp	1f
mark	handler			# of #UD, which reads no debug register
	lea	1(xCX), xCX
	.if width == 64
	addq	$3, (xSP)
	btrl	$16, 16(xSP)		# RF, which a fault sets there
	.else
	addl	$3, (xSP)
	btrl	$16, 8(xSP)
	.endif
	iret_native
1:
)");

CASE(gd_dr4, KERNEL32 | KERNEL64)
{
	struct registers left;

	idt_set_handler(VECTOR_UD, (const void *)MARK(gd_dr4, "handler"));
	write_cr4(read_cr4() | CR4_DE);
	write_dr7(read_dr7() | DR7_GD);
	left = RUN(gd_dr4);
	note("ud=%u", left.cx);
}
