/* SPDX-License-Identifier: BSD-2-Clause */
/* One instruction, two operands in memory: MOVS and CMPS are reported once, with the breakpoints of
 * both.
 *
 * SDM Vol. 3, "Debug Status Register (DR6)" (B0 through B3). */
#include "case.h"

BODY_16(dbreak_two, R"(
	mov	$scratch, xSI
	mov	$(scratch + 4), xDI
	movsb
mark	movs
	cmpsb
mark	cmps
	nop
)");

CASE(dbreak_two, PROTECTED_MODES | SEGMENT_MODES)
{
	u8 *watched = physical(SCRATCH);

	for (u32 i = 0; i < 8; i++)
		watched[i] = 0;
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 2);
	breakpoint_set(1, SCRATCH + 4, BREAK_ACCESS, 2);
	RUN(dbreak_two);
}
