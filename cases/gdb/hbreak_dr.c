/* SPDX-License-Identifier: BSD-2-Clause */
/* All four debug registers are the guest's, while a debugger has hardware breakpoints beside them:
 * the guest gets each #DB of its own, none of the debugger's, and DR0-DR3 hold what it wrote.
 *
 * SDM Vol. 3, "Debug Address Registers (DR0-DR3)"; "Debug Exceptions". */
#include "case.h"

BODY(hbreak_dr, R"(
	nop
mark	theirs
	nop
mark	first
	nop
mark	write
	movl	$1, scratch
mark	written
	nop
mark	second
	nop
mark	theirs_too
	mov	scratch + 4, %eax
mark	accessed
	nop
mark	after
	nop
)");

CASE(hbreak_dr, PROTECTED_MODES)
{
	word first = MARK(hbreak_dr, "first"), second = MARK(hbreak_dr, "second");

	breakpoint_set(0, first, BREAK_EXECUTE, 1);
	breakpoint_set(1, SCRATCH, BREAK_WRITE, 4);
	breakpoint_set(2, second, BREAK_EXECUTE, 1);
	breakpoint_set(3, SCRATCH + 4, BREAK_ACCESS, 4);
	RUN(hbreak_dr);
	note("dr0_kept=%u", (u32)(read_dr0() == first));
	note("dr1=%x", read_dr1());
	note("dr2_kept=%u", (u32)(read_dr2() == second));
	note("dr3=%x", read_dr3());
}
