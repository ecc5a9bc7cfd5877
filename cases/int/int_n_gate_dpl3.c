/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n from ring 3 through gates with DPL 3: taken as a trap, RIP after it, no error code, DR6
 * untouched.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(int_n_gate_dpl3, R"(
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

CASE(int_n_gate_dpl3, USER32 | USER64 | COMPAT32 | VM86)
{
	idt_set(VECTOR_DB, INTERRUPT_GATE, 3);
	idt_set(32, INTERRUPT_GATE, 3);
	RUN(int_n_gate_dpl3);
}
