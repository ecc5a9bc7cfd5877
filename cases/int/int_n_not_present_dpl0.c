/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n and INT3 from ring 3 through a gate that is neither present nor open to ring 3: the
 * privilege check comes first, so #GP, not #NP.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1" (the order of checks in its pseudocode). */
#include "case.h"

BODY_16(int_n_not_present_dpl0, R"(
mark	int_32
	.byte	0xcd, 32
mark	int3
	int3
mark	after
	nop
)");

CASE(int_n_not_present_dpl0, USER32 | USER64 | COMPAT32 | VM86)
{
	idt_set_not_present(VECTOR_BP, 0);
	idt_set_not_present(32, 0);
	RUN(int_n_not_present_dpl0);
}
