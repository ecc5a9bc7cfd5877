/* SPDX-License-Identifier: BSD-2-Clause */
/* A hardware interrupt in virtual-8086 mode with CR4.VME and IOPL 0: it is IF that lets it in, and
 * not VIF.
 *
 * SDM Vol. 3, "Class 2--Maskable Hardware Interrupt Handling in Virtual-8086 Mode Using the Virtual
 * Interrupt Mechanism". */
#include "case.h"
#include "cpu/smp.h"
#include "vme.h"

#define VECTOR 0x40

BODY_16(vme_interrupt, R"(
	int3
mark	vif
	nop
mark	sti
	sti
	nop
mark	masked
	int3
mark	if
	nop
mark	after
	nop
)");

CASE(vme_interrupt, VM86)
{
	static const struct vme_flags flags[] = {{"vif", FLAGS_VIF}, {"if", FLAGS_IF}};

	if (!vme_enable(CR4_VME))
		return;
	vme_set_flags(flags, ARRAY_SIZE(flags));
	smp_send_fixed(BOOT_CPU, VECTOR);
	RUN(vme_interrupt);
}
