/* SPDX-License-Identifier: BSD-2-Clause */
/* STI with an interrupt pending: it comes after the instruction after STI, not before. A POPF that
 * sets IF holds nothing back.
 *
 * SDM Vol. 2, "STI"; Vol. 3, "Masking Maskable Hardware Interrupts". */
#include "case.h"
#include "cpu/smp.h"

#define VECTOR 0x40

BODY_16(sti_shadow, R"(
mark	sti
	sti
mark	shadow
	nop
mark	after
	nop
	cli
)");

BODY_16(popf_no_shadow, R"(
	pushf
	movb	$2, 1(xSP)	# IF
mark	popf
	popf
mark	after
	nop
	cli
)");

CASE(sti_shadow, KERNEL32 | KERNEL64 | REAL16)
{
	smp_send_fixed(BOOT_CPU, VECTOR);
	RUN(sti_shadow);
	smp_send_fixed(BOOT_CPU, VECTOR);
	RUN(popf_no_shadow);
}
