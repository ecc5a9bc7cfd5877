/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n from ring 3 through gates with DPL 0: #GP at the instruction, its error code names the gate
 * (vector * 8, IDT bit), EXT clear; CD 01 and CD 03 are no exception to that.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1"; Vol. 3, "Protection of Exception- and Interrupt-Handler
 * Procedures". */
#include "case.h"

BODY_16(int_n_gate_dpl0, R"(
mark	int_1
	.byte	0xcd, 1
mark	int_3
	.byte	0xcd, 3
mark	int_4
	.byte	0xcd, 4
mark	int_32
	.byte	0xcd, 32
mark	after
	nop
)");

CASE(int_n_gate_dpl0, USER32 | USER64 | COMPAT32 | VM86)
{
	idt_set(VECTOR_BP, INTERRUPT_GATE, 0);
	idt_set(VECTOR_OF, INTERRUPT_GATE, 0);
	RUN(int_n_gate_dpl0);
}
