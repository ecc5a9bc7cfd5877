/* SPDX-License-Identifier: BSD-2-Clause */
/* CLI and STI in ring 3 with CR4.PVI and IOPL 0: they are about VIF, and IF stays as it is; STI
 * with VIP set is #GP with error code 0. PUSHF and POPF are as without: VIF is pushed as what it
 * is, and neither IF nor VIF is popped.
 *
 * SDM Vol. 3, "Protected-Mode Virtual Interrupts"; Vol. 2, "CLI", "STI", "PUSHF", "POPF". */
#include "case.h"
#include "vme.h"

BODY(pvi, R"(
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
mark	pushf
	pushf
	pop	xAX
	int3
mark	cli_if
	cli
	int3
mark	sti_if
	sti
	int3
mark	popf_if
	push	$0x200
	popf
	int3
mark	sti_vip
	sti
mark	cli_vip
	cli
mark	after
	nop
)");

CASE(pvi, USER32 | USER64 | COMPAT32)
{
	static const struct vme_flags flags[] = {
		{"cli", FLAGS_VIF},
		{"cli_if", FLAGS_IF | FLAGS_VIF},
		{"popf_if", 0},
		{"sti_vip", FLAGS_VIP},
	};
	struct registers left;

	if (!vme_enable(CR4_PVI))
		return;
	vme_set_flags(flags, ARRAY_SIZE(flags));
	left = RUN(pvi);
	note("pushf=%f", left.ax);
}
