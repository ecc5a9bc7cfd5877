/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n in virtual-8086 mode with CR4.VME and IOPL 3. Where the vector's bit in the redirection bit
 * map is clear, it goes to the 8086 program's own handler, whatever the vector: FLAGS as they are,
 * CS and IP on its stack, IF and TF clear. Where it is set, to protected mode.
 *
 * SDM Vol. 3, "Method 4: Software Interrupt Handling", "Method 5: Software Interrupt Handling". */
#include "case.h"
#include "vme.h"

BODY_16(vme_int_n, R"(
	stc
	sti
mark	int_1
	.byte	0xcd, 1
mark	int_3
	.byte	0xcd, 3
mark	int_4
	.byte	0xcd, 4
mark	int_32
	.byte	0xcd, 32
mark	int_33
	.byte	0xcd, 33
mark	after
	jmp	1f
	.irp	vector, 1, 3, 4, 32
mark	handler_\vector
	int3
mark	in_handler_\vector
	iret_native
	.endr
1:
)");

CASE(vme_int_n, VM86)
{
	if (!vme_enable(CR4_VME))
		return;
	vme_redirect(1, MARK(vme_int_n, "handler_1"));
	vme_redirect(3, MARK(vme_int_n, "handler_3"));
	vme_redirect(4, MARK(vme_int_n, "handler_4"));
	vme_redirect(32, MARK(vme_int_n, "handler_32"));
	idt_set(33, INTERRUPT_GATE, 3);
	vme_set_flags(NULL, 0);
	RUN(vme_int_n);
}
