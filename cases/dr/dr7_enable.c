/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint is enabled by L, by G, by both; by neither it is not. LE and GE do not matter.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)". */
#include "case.h"

BODY_16(dr7_enable, R"(
	mov	%al, scratch
mark	after
	nop
)");

#define DR7_LE (1ul << 8)
#define DR7_GE (1ul << 9)

CASE(dr7_enable, PROTECTED_MODES | SEGMENT_MODES)
{
	static const word enables[] = {
		DR7_L(2),	   DR7_G(2),	      DR7_L(2) | DR7_G(2), DR7_LE | DR7_GE,
		DR7_LE | DR7_L(2), DR7_GE | DR7_G(2), DR7_L(3) | DR7_G(3), 0};

	breakpoint_set_address(2, SCRATCH);
	breakpoint_set_address(3, SCRATCH + 4);
	for (u32 i = 0; i < ARRAY_SIZE(enables); i++) {
		note("enables=%x", enables[i]);
		write_dr7(DR7_INIT | enables[i] | breakpoint_fields(2, BREAK_WRITE, 1) |
			  breakpoint_fields(3, BREAK_WRITE, 1));
		RUN(dr7_enable);
	}
}
