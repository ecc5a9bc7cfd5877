/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest writes over the first byte of an instruction and executes it again: the new one is
 * executed, whoever has a breakpoint there. MOV to AL becomes MOV to BL, by the body itself, and
 * MOV to AL again, by the kernel.
 *
 * SDM Vol. 3, "Handling Self- and Cross-Modifying Code" (the LOOP is the branch it asks for). */
#include "case.h"

#define MOV_AL 0xb0

BODY(break_overwrites, R"(
	mov	$1f, xSI
	mov	$2, xCX
mark	patched
1:
	mov	$1, %al
	movb	$0xb3, (xSI)	# MOV BL, imm8
	loop	1b
mark	after
	nop
)");

CASE(break_overwrites, PROTECTED_MODES)
{
	volatile u8 *patched = (volatile u8 *)MARK(break_overwrites, "patched");

	for (u32 round = 1; round <= 2; round++) {
		struct registers left = RUN(break_overwrites);

		note("ax=%x bx=%x", left.ax, left.bx);
		*patched = MOV_AL;
	}
}
