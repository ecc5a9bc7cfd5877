/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n in virtual-8086 mode with CR4.VME and IOPL 0. Where the vector's bit in the redirection bit
 * map is clear, it goes to the 8086 program's own handler: in the image of FLAGS, VIF stands in the
 * place of IF, and IOPL is 3; VIF and TF are clear then, IF is as before. Where it is set, #GP.
 *
 * SDM Vol. 3, "Methods 2 and 3: Software Interrupt Handling", "Method 6: Software Interrupt
 * Handling". The handlers return by RETF: cases/vme/vme_iret.c has IRET. */
#include "case.h"
#include "vme.h"

BODY_16(vme_int_n_iopl0, R"(
	int3
mark	int_1
	.byte	0xcd, 1
	int3
mark	int_3
	.byte	0xcd, 3
	int3
mark	int_4
	.byte	0xcd, 4
	int3
mark	int_32
	.byte	0xcd, 32
	int3
mark	int_32_if
	.byte	0xcd, 32
	int3
mark	int_32_both
	.byte	0xcd, 32
	int3
mark	int_32_vip
	.byte	0xcd, 32
	int3
mark	int_33
	.byte	0xcd, 33
mark	after
	jmp	1f
	.irp	vector, 1, 3, 4, 32
mark	handler_\vector
	int3
mark	in_handler_\vector
	lretw	$2
	.endr
1:
)");

CASE(vme_int_n_iopl0, VM86)
{
	static const struct vme_flags flags[] = {
		{"int_1", FLAGS_VIF},	   {"int_3", FLAGS_VIF},
		{"int_4", FLAGS_VIF},	   {"int_32", FLAGS_VIF | FLAGS_CF},
		{"int_32_if", FLAGS_IF},   {"int_32_both", FLAGS_IF | FLAGS_VIF},
		{"int_32_vip", FLAGS_VIP}, {"int_33", FLAGS_VIF},
	};

	if (!vme_enable(CR4_VME))
		return;
	vme_redirect(1, MARK(vme_int_n_iopl0, "handler_1"));
	vme_redirect(3, MARK(vme_int_n_iopl0, "handler_3"));
	vme_redirect(4, MARK(vme_int_n_iopl0, "handler_4"));
	vme_redirect(32, MARK(vme_int_n_iopl0, "handler_32"));
	idt_set(33, INTERRUPT_GATE, 3);
	vme_set_flags(flags, ARRAY_SIZE(flags));
	RUN(vme_int_n_iopl0);
}
