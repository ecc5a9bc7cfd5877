/* SPDX-License-Identifier: BSD-2-Clause */
/* In ring 3, MOV from and to debug registers is #GP(0).
 *
 * SDM Vol. 3, "Debug Registers"; Vol. 2, "MOV--Move to/from Debug Registers". */
#include "case.h"

BODY_16(dr_user, R"(
	.if width == 64
	.set	REG, %rax
	.else
	.set	REG, %eax	# in 16-bit code too
	.endif
mark	from_dr0
	mov	%dr0, REG
mark	from_dr3
	mov	%dr3, REG
mark	from_dr6
	mov	%dr6, REG
mark	from_dr7
	mov	%dr7, REG
mark	to_dr0
	mov	REG, %dr0
mark	to_dr3
	mov	REG, %dr3
mark	to_dr6
	mov	REG, %dr6
mark	to_dr7
	mov	REG, %dr7
mark	after
	nop
)");

CASE(dr_user, USER32 | USER64 | COMPAT32 | VM86)
{
	RUN(dr_user);
	note("dr0=%x dr3=%x dr7=%x", read_dr0(), read_dr3(), read_dr7());
}
