/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over CLI, STI, PUSHF and POPF in virtual-8086 mode with CR4.VME and IOPL 0: a #DB after each,
 * after the POPF that clears TF too; none after the POPF and the STI that are refused.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "CLI", "STI", "PUSHF", "POPF". */
#include "case.h"
#include "vme.h"

BODY_16(tf_vme_vif, R"(
	int3
mark	cli
	cli
mark	sti
	sti
mark	pushf
	pushf
mark	popf_tf
	popf
mark	clear
	clear_tf_in_image
mark	popf
	popf
mark	behind
	nop
mark	not_stepped
	int3
mark	sti_vip
	sti
mark	cli_vip
	cli
mark	after
	nop
)");

CASE(tf_vme_vif, VM86)
{
	static const struct vme_flags flags[] = {
		{"cli", FLAGS_TF | FLAGS_VIF},
		{"sti_vip", FLAGS_TF | FLAGS_VIP},
	};

	if (!vme_enable(CR4_VME))
		return;
	vme_set_flags(flags, ARRAY_SIZE(flags));
	RUN(tf_vme_vif);
}
