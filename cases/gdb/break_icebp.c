/* SPDX-License-Identifier: BSD-2-Clause */
/* INT1 where a debugger has a breakpoint too, and one where it has none: each is the guest's own,
 * one #DB with RIP after it and no bit of DR6.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1"; Vol. 3, "Interrupt 1--Debug Exception (#DB)". */
#include "case.h"

BODY(break_icebp, R"(
	nop
mark	icebp
	.byte	0xf1		# INT1, which older assemblers do not know
mark	after
	nop
mark	behind
	nop
mark	own
	.byte	0xf1
mark	last
	nop
)");

CASE(break_icebp, PROTECTED_MODES)
{
	RUN(break_icebp);
}
