/* SPDX-License-Identifier: BSD-2-Clause */
/* All four debug registers are the guest's, while a debugger watches memory beside them: the guest
 * gets each #DB of its own, none of the debugger's, and DR0-DR3 hold what it wrote.
 *
 * SDM Vol. 3, "Debug Address Registers (DR0-DR3)"; "Debug Exceptions". */
#include "case.h"

BODY(watch_dr, R"(
	nop
mark	before
	nop
mark	own
	movl	$1, scratch
mark	theirs
	movl	$1, scratch + 32
mark	own_too
	mov	scratch + 4, %eax
mark	accessed
	nop
mark	last
	nop
mark	theirs_too
	movl	$2, scratch + 32
mark	after
	nop
)");

CASE(watch_dr, PROTECTED_MODES)
{
	word last = MARK(watch_dr, "last");

	breakpoint_set(0, SCRATCH, BREAK_WRITE, 4);
	breakpoint_set(1, SCRATCH + 4, BREAK_ACCESS, 4);
	breakpoint_set(2, SCRATCH + 8, BREAK_WRITE, 4);
	breakpoint_set(3, last, BREAK_EXECUTE, 1);
	*(volatile u32 *)(SCRATCH + 32) = 0;
	RUN(watch_dr);
	note("dr0=%x", read_dr0());
	note("dr1=%x", read_dr1());
	note("dr2=%x", read_dr2());
	note("dr3_kept=%u", (u32)(read_dr3() == last));
}
