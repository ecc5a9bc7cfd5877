/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 where a debugger has a breakpoint too, and one where it has none: each is the guest's own,
 * one #BP with RIP after it. The guest writes the first only now: gdb takes an INT3 that is there
 * when it sets a breakpoint for a breakpoint of the program's, and goes on after it by itself.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1"; Vol. 3, "Interrupt 3--Breakpoint Exception (#BP)". */
#include "case.h"

#define INT3 0xcc
#define NOP 0x90

BODY(break_int3, R"(
	nop
mark	int3
	nop			# to be INT3
mark	after
	nop
mark	behind
	nop
mark	own
	int3
mark	last
	nop
)");

CASE(break_int3, PROTECTED_MODES)
{
	volatile u8 *place = (volatile u8 *)MARK(break_int3, "int3");

	*place = INT3;
	RUN(break_int3);
	*place = NOP;
}
