/* SPDX-License-Identifier: BSD-2-Clause */
/* IRET in virtual-8086 mode with CR4.VME and IOPL 0: VIF takes the place of IF, which stays as it
 * is, as does IOPL. With TF set before, it is trapped, and clears TF.
 *
 * APM Vol. 3, "IRET"; SDM Vol. 3, "Method 6: Software Interrupt Handling", "Single-Step Exception
 * Condition". */
#include "case.h"
#include "vme.h"

BODY_16(vme_iret, R"(
	int3
mark	clears
	push_iret_frame clear_tf_in_image
mark	iret_clears
	iret_native
1:
	int3
mark	clears_if
	push_iret_frame clear_tf_in_image
mark	iret_clears_if
	iret_native
1:
	int3
mark	sets
	push_iret_frame		# IF set, IOPL 3
	cli
mark	iret_sets
	iret_native
1:
	int3
mark	clears_vip
	push_iret_frame clear_tf_in_image
mark	iret_clears_vip
	iret_native
1:
	int3
mark	steps
	push_iret_frame set_if_in_image
	int3
mark	iret_steps
	iret_native
1:
mark	behind
	nop
mark	after
	nop
)");

CASE(vme_iret, VM86)
{
	static const struct vme_flags flags[] = {
		{"clears", FLAGS_VIF}, {"clears_if", FLAGS_VIF | FLAGS_IF},
		{"sets", FLAGS_VIF},   {"clears_vip", FLAGS_VIP},
		{"steps", 0},	       {"iret_steps", FLAGS_TF},
	};

	if (!vme_enable(CR4_VME))
		return;
	vme_set_flags(flags, ARRAY_SIZE(flags));
	RUN(vme_iret);
}
