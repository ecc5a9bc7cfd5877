/* SPDX-License-Identifier: BSD-2-Clause */
/* A debugger's Ctrl-C: it finds the processor at the instruction that it executes, with nothing of
 * the debugger's in its flags. The debugger has sent it to a jump to itself, which the guest by
 * itself does not come to, and sends it on from there.
 *
 * SDM Vol. 2, "JMP", "PUSHF". */
#include "case.h"

BODY(gdb_interrupt, R"(
	nop
mark	over
	jmp	1f
mark	spin
	jmp	.
1:
mark	after
	pushf
	pop	xAX
mark	last
	nop
)");

CASE(gdb_interrupt, PROTECTED_MODES)
{
	note("pushed=%x", RUN(gdb_interrupt).ax);
}
