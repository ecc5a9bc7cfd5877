/* SPDX-License-Identifier: BSD-2-Clause */
/* INTO from ring 3 through a gate with DPL 0: #GP at the instruction with OF set, nothing with OF
 * clear: the gate is not looked at.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1"; Vol. 3, "Protection of Exception- and Interrupt-Handler
 * Procedures". */
#include "case.h"

BODY_16(into_gate_dpl0, R"(
mark	clear
	.byte	0xce
mark	between
	set_of
mark	set
	.byte	0xce
mark	after
	nop
)");

CASE(into_gate_dpl0, USER32 | COMPAT32 | VM86)
{
	idt_set(VECTOR_OF, INTERRUPT_GATE, 0);
	RUN(into_gate_dpl0);
}
