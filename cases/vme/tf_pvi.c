/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over CLI and STI in ring 3 with CR4.PVI: a #DB after each; none after the STI that is
 * refused.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Protected-Mode Virtual Interrupts". */
#include "case.h"
#include "vme.h"

BODY(tf_pvi, R"(
	int3
mark	cli
	cli
mark	sti
	sti
mark	between
	int3
mark	sti_vip
	sti
mark	cli_vip
	cli
mark	after
	nop
)");

CASE(tf_pvi, USER32 | USER64 | COMPAT32)
{
	static const struct vme_flags flags[] = {
		{"cli", FLAGS_TF | FLAGS_VIF},
		{"sti_vip", FLAGS_TF | FLAGS_VIP},
	};

	if (!vme_enable(CR4_PVI))
		return;
	vme_set_flags(flags, ARRAY_SIZE(flags));
	RUN(tf_pvi);
}
