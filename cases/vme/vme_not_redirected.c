/* SPDX-License-Identifier: BSD-2-Clause */
/* The redirection bit map is for INT n alone: INT3, INT1, INTO, faults and hardware interrupts go
 * to protected mode although their bits are clear.
 *
 * SDM Vol. 3, "Class 3--Software Interrupt Handling in Virtual-8086 Mode" (its note). */
#include "case.h"
#include "cpu/smp.h"
#include "vme.h"

#define VECTOR 0x40

BODY_16(vme_not_redirected, R"(
	set_of
mark	int3
	int3
mark	icebp
	.byte	0xf1
mark	into
	.byte	0xce
mark	ud2
	ud2
mark	hlt
	hlt
mark	interrupt
	pushf
	set_if_in_image
	popf
mark	after
	jmp	1f
mark	redirected
	nop
1:
)");

CASE(vme_not_redirected, VM86)
{
	static const u8 vectors[] = {VECTOR_DB, VECTOR_BP, VECTOR_OF, VECTOR_UD, VECTOR_GP, VECTOR};

	if (!vme_enable(CR4_VME))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++)
		vme_redirect(vectors[i], MARK(vme_not_redirected, "redirected"));
	smp_send_fixed(BOOT_CPU, VECTOR);
	RUN(vme_not_redirected);
}
