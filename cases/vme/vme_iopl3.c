/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHF, POPF, CLI, STI and IRET in virtual-8086 mode with CR4.VME and IOPL 3: they are about IF,
 * and VIF and VIP neither matter nor change; POPF may set TF.
 *
 * SDM Vol. 2, "PUSHF", "POPF", "CLI", "STI", "IRET". */
#include "case.h"
#include "vme.h"

BODY_16(vme_iopl3, R"(
	int3
mark	sti_vip
	sti
	int3
mark	pushf_vip
	pushf
	int3
mark	cli_vip
	cli
	int3
mark	popf_vip
	popf
	int3
mark	pushf_vif
	pushf
	int3
mark	sti_vif
	sti
	int3
mark	cli_vif
	cli
	int3
mark	popf_vif
	popf
	int3
mark	iret_frame
	push_iret_frame set_if_in_image
mark	iret_vif
	iret_native
1:
	int3
mark	tf
	step
mark	stepped
	nop
)");

CASE(vme_iopl3, VM86)
{
	static const struct vme_flags flags[] = {
		{"sti_vip", FLAGS_IOPL | FLAGS_VIP},
		{"pushf_vif", FLAGS_IOPL | FLAGS_VIF},
	};

	if (!vme_enable(CR4_VME))
		return;
	vme_set_flags(flags, ARRAY_SIZE(flags));
	RUN(vme_iopl3);
}
