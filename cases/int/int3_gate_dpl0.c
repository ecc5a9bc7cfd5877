/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 from ring 3 through a gate with DPL 0: #GP at the instruction, as for INT n.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1"; Vol. 3, "Protection of Exception- and Interrupt-Handler
 * Procedures". */
#include "case.h"

BODY_16(int3_gate_dpl0, R"(
mark	int3
	int3
mark	after
	nop
)");

CASE(int3_gate_dpl0, USER32 | USER64 | COMPAT32 | VM86)
{
	idt_set(VECTOR_BP, INTERRUPT_GATE, 0);
	RUN(int3_gate_dpl0);
}
