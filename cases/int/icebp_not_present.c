/* SPDX-License-Identifier: BSD-2-Clause */
/* INT1 where the gate of #DB is not present: #NP at the instruction. No DPL is checked. EXT is set
 * in the error code, for INT1 is none of the software interrupts that leave it clear: so says the
 * SDM. The APM ("Selector-Error Code") has EXT tell of an external source, so AMD's processors are
 * not asked.
 *
 * SDM Vol. 3, "Interrupt 11--Segment Not Present (#NP)", "Error Code"; Vol. 2, "INT
 * n/INTO/INT3/INT1". */
#include "case.h"
#include "cpu/features.h"

BODY_16(icebp_not_present, R"(
mark	icebp
	.byte	0xf1
mark	after
	nop
)");

CASE(icebp_not_present, PROTECTED_MODES | VM86)
{
	if (!is_intel())
		return;
	idt_set_not_present(VECTOR_DB, 0);
	RUN(icebp_not_present);
}
