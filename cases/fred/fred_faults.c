/* SPDX-License-Identifier: BSD-2-Clause */
/* #UD, #GP and #PF under FRED: faults as ever, with RF in their images; the linear address of a #PF
 * is in the event data and in CR2.
 *
 * SDM Vol. 3, "FRED Event Delivery", "Instruction-Breakpoint Exception
 * Condition", "Interrupt 14--Page-Fault Exception (#PF)". */
#include "case.h"
#include "cpu/fred.h"

#ifdef __x86_64__
BODY(fred_faults, R"(
mark	ud2
	ud2
mark	to_gp
	mov	$0xfff8, %eax
mark	gp
	mov	%eax, %ds
mark	pf
	mov	UNMAPPED + 8, %al
mark	after
	nop
)");

CASE(fred_faults, FRED_MODES)
{
	if (!fred_turn_on())
		return;
	RUN(fred_faults);
	note("cr2=%x", read_cr2());
}
#endif
