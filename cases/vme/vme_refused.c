/* SPDX-License-Identifier: BSD-2-Clause */
/* What CR4.VME does not allow virtual-8086 mode with IOPL 0: to set VIF while VIP is set, by STI,
 * POPF or IRET; to set TF, by POPF or IRET; PUSHF, POPF and IRET with 32-bit operands. Each is #GP
 * with error code 0 and changes neither flags nor stack.
 *
 * SDM Vol. 2, "STI", "POPF", "PUSHF", "IRET"; APM Vol. 3, "POPF", "IRET". */
#include "case.h"
#include "vme.h"

BODY_16(vme_refused, R"(
	int3
mark	sti_vip
	sti
mark	if
	push	$0x200
mark	popf_vip
	popf
mark	no_vip
	int3
mark	tf
	movb	$1, 1(xSP)
mark	popf_tf
	popf
mark	popfl
	.byte	0x66, 0x9d
mark	pushfl
	.byte	0x66, 0x9c
mark	empty
	pop	xAX
	int3
mark	frame_vip
	push_iret_frame set_if_in_image
mark	iret_vip
	iret_native
1:
mark	frame
	int3
mark	frame_tf
	movb	$1, 5(xSP)
mark	iret_tf
	iret_native
mark	frame_l
	movb	$0, 5(xSP)
mark	iretl
	.byte	0x66, 0xcf
mark	after
	nop
)");

CASE(vme_refused, VM86)
{
	static const struct vme_flags flags[] = {
		{"sti_vip", FLAGS_VIP},
		{"tf", 0},
		{"frame_vip", FLAGS_VIP},
		{"frame_tf", 0},
	};

	if (!vme_enable(CR4_VME))
		return;
	vme_set_flags(flags, ARRAY_SIZE(flags));
	RUN(vme_refused);
}
