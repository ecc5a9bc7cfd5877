/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over an INT n that CR4.VME sends to the 8086 program's own handler: TF is in the image and
 * clear in the handler, and INT n has no trap, with IOPL 3 and 0. IRET brings TF back, with IOPL 3.
 *
 * SDM Vol. 3, "Method 5: Software Interrupt Handling", "Method 6: Software Interrupt Handling",
 * "Single-Step Exception Condition". */
#include "case.h"
#include "vme.h"

BODY_16(tf_vme_int_n, R"(
	step
mark	int_32
	.byte	0xcd, 32
mark	between
	nop
mark	second
	nop
mark	iopl3_end
	int3
mark	iopl0
	.byte	0xcd, 34
mark	behind
	nop
mark	after
	jmp	1f
mark	handler_32
	int3
mark	iret
	iret_native
mark	handler_34
	int3
mark	lret
	lretw	$2
1:
)");

CASE(tf_vme_int_n, VM86)
{
	static const struct vme_flags flags[] = {{"iopl0", FLAGS_TF | FLAGS_VIF}};

	if (!vme_enable(CR4_VME))
		return;
	vme_redirect(32, MARK(tf_vme_int_n, "handler_32"));
	vme_redirect(34, MARK(tf_vme_int_n, "handler_34"));
	vme_set_flags(flags, ARRAY_SIZE(flags));
	RUN(tf_vme_int_n);
}
