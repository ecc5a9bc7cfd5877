/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3, INT n and INT1 after prefixes that say nothing to them: the saved RIP is after the whole
 * instruction, which has up to 15 bytes; one more is #GP. TF does not matter to it.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1", "Instruction Prefixes"; Vol. 3, "Interrupt 13--General
 * Protection Exception (#GP)". */
#include "case.h"

BODY_16(int_prefix, R"(
mark	int3
	.byte	0x66, 0x2e, 0xcc
mark	int_33
	.byte	0x66, 0x2e, 0xcd, 33
mark	int1
	.byte	0x66, 0x2e, 0xf1
mark	int3_15
	.fill	14, 1, 0x2e
	.byte	0xcc
mark	int_33_15
	.fill	13, 1, 0x2e
	.byte	0xcd, 33
mark	int1_15
	.fill	14, 1, 0x2e
	.byte	0xf1
mark	int3_16
	.fill	15, 1, 0x2e
	.byte	0xcc
mark	after
	nop
)");

BODY_16(tf_int_prefix, R"(
	step
mark	int3
	.byte	0x66, 0x2e, 0xcc
mark	int_33
	.byte	0x66, 0x2e, 0xcd, 33
mark	int1
	.byte	0x66, 0x2e, 0xf1
mark	int3_15
	.fill	14, 1, 0x2e
	.byte	0xcc
mark	after
	nop
)");

CASE(int_prefix, PROTECTED_MODES | SEGMENT_MODES)
{
	idt_set(33, INTERRUPT_GATE, 3);
	note("tf=clear");
	RUN(int_prefix);
	note("tf=set");
	RUN(tf_int_prefix);
}
