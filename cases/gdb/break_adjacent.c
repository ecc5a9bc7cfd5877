/* SPDX-License-Identifier: BSD-2-Clause */
/* Two instructions of one byte, the second of which is reached past the first: it alone is
 * executed, whoever has breakpoints on both.
 *
 * SDM Vol. 3, "Interrupt 3--Breakpoint Exception (#BP)" (after the INT3 that a debugger has
 * written, RIP is one byte further). */
#include "case.h"

BODY(break_adjacent, R"(
	mov	$scratch, xSI
	jmp	1f
mark	first
	lodsb
mark	second
1:
	lodsb
mark	after
	nop
)");

CASE(break_adjacent, PROTECTED_MODES)
{
	struct registers left = RUN(break_adjacent);

	note("executed=%u", (u32)left.si - SCRATCH);
}
