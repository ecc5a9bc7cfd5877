/* SPDX-License-Identifier: BSD-2-Clause */
/* IRET with TF: one that sets TF delays the first trap by one instruction, as POPF does; one that
 * clears it is itself still trapped.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "IRET/IRETD/IRETQ". */
#include "case.h"

BODY(iret_sets, R"(
	# What an IRET to 1f pops, the image of RFLAGS changed by EDIT; ring and stack are to stay as
	# they are. 64-bit IRET always pops SS:RSP.
	.macro push_frame edit
	.if width == 64
		mov	xSP, xBX
		mov	%ss, %eax
		push	xAX
		push	xBX
	.endif
	pushf
	\edit
	mov	%cs, %eax
	push	xAX
	push	$1f
	.endm

	.macro iret_native
	.if width == 64
		iretq
	.else
		iret
	.endif
	.endm

	push_frame set_tf_in_image
mark	iret
	iret_native
1:
mark	target
	nop
mark	second
	pushf
mark	clear
	clear_tf_in_image
mark	popf
	popf
)");

BODY(iret_clears, R"(
	push_frame
	pushf
	set_tf_in_image
mark	popf
	popf
mark	iret
	iret_native
1:
mark	target
	nop
)");

CASE(iret_tf, KERNEL32 | KERNEL64 | USER32 | USER64)
{
	note("iret=sets_tf");
	RUN(iret_sets);
	note("iret=clears_tf");
	RUN(iret_clears);
}
