/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n, INT3 and, with OF set, INTO through a gate that is not present: #NP at the instruction,
 * its error code names the gate, EXT clear.
 *
 * SDM Vol. 3, "Interrupt 11--Segment Not Present (#NP)"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(int_n_not_present, R"(
mark	int_1
	.byte	0xcd, 1
mark	int_3
	.byte	0xcd, 3
mark	int_32
	.byte	0xcd, 32
mark	int3
	int3
mark	into
	.if width != 64
	set_of
mark	overflow
	.byte	0xce
	.endif
mark	after
	nop
)");

CASE(int_n_not_present, PROTECTED_MODES | VM86)
{
	idt_set_not_present(VECTOR_DB, 3);
	idt_set_not_present(VECTOR_BP, 3);
	idt_set_not_present(VECTOR_OF, 3);
	idt_set_not_present(32, 3);
	RUN(int_n_not_present);
}
