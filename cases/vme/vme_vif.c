/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHF, POPF, CLI and STI in virtual-8086 mode with CR4.VME and IOPL 0: VIF stands for IF, and IF
 * stays as it is, as does IOPL, of which PUSHF shows 3. VIP does not matter as long as VIF is not
 * to be set.
 *
 * SDM Vol. 3, "Class 2--Maskable Hardware Interrupt Handling in Virtual-8086 Mode Using the Virtual
 * Interrupt Mechanism"; Vol. 2, "PUSHF", "POPF", "CLI", "STI". */
#include "case.h"
#include "vme.h"

BODY_16(vme_vif, R"(
	int3
mark	pushf
	pushf
	int3
mark	popf
	popf
	int3
mark	cli
	cli
	int3
mark	sti
	sti
	int3
mark	popf_clear
	push	$0
	popf
	int3
mark	pushf_if
	pushf
	int3
mark	popf_if
	set_if_in_image
	popf
	int3
mark	popf_clear_if
	push	$0
	popf
	int3
mark	sti_if
	sti
	int3
mark	cli_if
	cli
	int3
mark	pushf_vip
	pushf
	int3
mark	popf_vip
	popf
	int3
mark	cli_vip
	cli
	int3
mark	after
	nop
)");

CASE(vme_vif, VM86)
{
	static const struct vme_flags flags[] = {
		{"pushf", FLAGS_VIF | FLAGS_CF},
		{"pushf_if", FLAGS_IF},
		{"pushf_vip", FLAGS_VIP},
	};

	if (!vme_enable(CR4_VME))
		return;
	vme_set_flags(flags, ARRAY_SIZE(flags));
	RUN(vme_vif);
}
